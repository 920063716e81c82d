"""How the answers of a fault are shown: a Markdown table, a line for each kind of people in each phase."""


def show(traffic, phases):
    """Print the answers of each phase, {name: (since, until)}; return {phase: {who: Counter of what}}."""
    print("\n| phase | who | requests | answers | slowest |\n|---|---|---:|---|---:|")
    found = {}
    for phase, (since, until) in phases.items():
        counts, slowest = traffic.told(since, until)
        found[phase] = counts
        for who in sorted(counts):
            answers = ", ".join(f"{number} × {what}" for what, number in counts[who].most_common())
            print(f"| {phase} | {who} | {counts[who].total()} | {answers} | {slowest[who]:.2f} s |")
    print(flush=True)
    return found

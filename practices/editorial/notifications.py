"""The mail of the workflow: who is told of a step, and how; which steps there are is in `workflow`."""

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def people_concerned(step):
    """The active accounts with an address that a step is news to, never the one who took it.

    A practice that is accurate still is no news. One submitted or withdrawn concerns those who review; any other step,
    its author.
    """
    if step.transition == "confirm":
        return []
    people = get_user_model()._default_manager.filter(is_active=True).exclude(email="").exclude(pk=step.by_id)
    if step.transition in ("submit", "withdraw"):
        reviewers = get_user_model()._default_manager.with_perm(
            "practices.review_practice", backend=MODEL_BACKEND, include_superusers=False
        )
        return people.filter(pk__in=reviewers)
    return people.filter(pk=step.practice.author_id)


def subject(step):
    """What happened, in one line."""
    title = " ".join(step.practice.title.split())
    sentence = {
        "submit": _("To review: “%(title)s”"),
        "withdraw": _("No longer to review: “%(title)s”"),
        "send_back": _("To take up again: “%(title)s”"),
        "publish": _("Published: “%(title)s”"),
        "unpublish": _("Back to draft: “%(title)s”"),
        "archive": _("Archived: “%(title)s”"),
        "reopen": _("Reopened: “%(title)s”"),
    }[step.transition]
    if step.transition == "publish" and step.practice.is_scheduled:
        sentence = _("Scheduled: “%(title)s”")
    return f"[{settings.SITE_NAME}] {sentence % {'title': title}}"


def tell(step):
    """Write to the people concerned, one message each; a mail server that fails is logged and stops nothing."""
    with translation.override(settings.LANGUAGE_CODE):
        practice = step.practice
        public = practice.get_absolute_url() if type(practice).objects.published().filter(pk=practice.pk) else ""
        context = {
            "step": step,
            "practice": practice,
            "by": (step.by.get_full_name() or step.by.get_username()) if step.by else "",
            "form": reverse("admin:practices_practice_change", args=[practice.pk]),
            "public": public,
            "scheduled": practice.is_scheduled,
        }
        body = render_to_string("practices/mail/step.txt", context)
        messages = [EmailMessage(subject(step), body, to=[person.email]) for person in people_concerned(step)]
    for message in messages:
        try:
            message.send()
        except OSError:  # every error of smtplib is one
            logger.exception("The mail of a step was not sent.")

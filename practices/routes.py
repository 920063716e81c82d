"""Owns what a public page answers to: reading only."""

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


def public_page(view):
    """Answer GET and HEAD; any other method gets 405, which the check of a form's token would hide behind a 403."""
    return csrf_exempt(require_safe(view))

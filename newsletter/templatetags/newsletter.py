"""Filters of the plain-text part of messages."""

from django import template

from mail.plaintext import plain

register = template.Library()


@register.filter
def as_text(html):
    """Rich text as plain text, in lines of 76 characters."""
    return plain(html or "")


@register.filter
def underline(title):
    """A line as long as the title."""
    return "=" * min(len(title), 76)

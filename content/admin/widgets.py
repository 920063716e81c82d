"""The fields that help one write: the rich-text editor, and the advice on length; both are text areas without
JavaScript.
"""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.forms import Script
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

WORDS = {
    "bold": _("Bold"),
    "italic": _("Italic"),
    "heading": _("Heading"),
    "subheading": _("Subheading"),
    "bullets": _("Bulleted list"),
    "numbers": _("Numbered list"),
    "quote": _("Quotation"),
    "link": _("Link"),
    "address": _("Web address"),
    "apply": _("Apply"),
    "undo": _("Undo"),
    "redo": _("Redo"),
    "toolbar": _("Formatting of the text"),
}


class RichTextArea(AdminTextareaWidget):
    """A text area that `static/js/admin/editor.js` turns into an editor of the vocabulary of `richtext`.

    The editor comes from django-prose-editor as one module, imported by its address: its own widget writes an import
    map into the page, which the site's content security policy refuses.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, heading: int = 3) -> None:
        super().__init__(attrs)
        self.heading = heading

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return Django's context, with the address of the script, its words and the level of the first heading."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-editor": static("django_prose_editor/editor.js"),
            "data-heading": self.heading,
            **{f"data-word-{key}": str(word) for key, word in WORDS.items()},
        }
        return context

    @property
    def media(self) -> forms.Media:
        """Return the script, a module, and the look of the package's dialog."""
        return forms.Media(
            css={"all": ["django_prose_editor/editor.css", "css/editor.css"]},
            js=(Script("js/admin/editor.js", type="module"),),  # type: ignore[arg-type]
        )


class PageTextArea(RichTextArea):
    """The editor of a plain page, whose headings start at the second level: no heading of the page stands above."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, heading=2)


class AdvisedTextInput(AdminTextInputWidget):
    """One line of text, with advice on its length."""

    class Media:
        js = [Script("js/admin/advice.js", type="module")]


class AdvisedTextarea(AdminTextareaWidget):
    """A text, with advice on its length."""

    class Media:
        js = [Script("js/admin/advice.js", type="module")]

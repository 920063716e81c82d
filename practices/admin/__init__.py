"""The catalogue's back office, one module per subject."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from practices.admin import links, organisations, people, practices, terms

__all__ = ["links", "organisations", "people", "practices", "terms"]

admin.site.site_header = admin.site.site_title = _("Bonnes pratiques: back office")
admin.site.index_title = _("What would you like to do?")

"""What a practice is outside of a page, field by field: what the API answers and describes, and what exports write.

Which practices are read, and in how many queries, is in `records`. A facet is told without a line here.
"""

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from content.templatetags.site import absolute
from practices.filters import PracticeFilterSet
from practices.models import Practice


class ValueSerializer(serializers.Serializer):
    """A value of a facet."""

    value = serializers.CharField(help_text="What stands in an address; it does not change with the language.")
    label = serializers.CharField(help_text="Its name in the language of the address.")


class OrganisationSerializer(serializers.Serializer):
    """Who carries a practice."""

    name = serializers.CharField()
    website = serializers.CharField(allow_blank=True)


class KeyFigureSerializer(serializers.Serializer):
    """A figure, as its source gives it."""

    label = serializers.CharField()
    value = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    according_to_source = serializers.BooleanField()


class LinkSerializer(serializers.Serializer):
    """A source or a link."""

    title = serializers.CharField()
    url = serializers.CharField()
    is_source = serializers.BooleanField()
    language = serializers.CharField(allow_blank=True)


PICTURE = {
    "url": {"type": "string"},
    "width": {"type": "integer"},
    "height": {"type": "integer"},
    "alt": {"type": "string", "description": "What it shows; empty when it is decorative."},
    "credit": {"type": "string"},
}


# OpenAPI 3.0 has no way to say "this component or null" that validators agree on.
@extend_schema_field({"type": "object", "nullable": True, "properties": PICTURE, "required": list(PICTURE)})
class PictureField(serializers.Field):
    """The picture of a practice, or null."""

    def to_representation(self, picture):
        """Return what is said of a picture."""
        return {"url": absolute(picture.url)} | {name: getattr(picture, name) for name in PICTURE if name != "url"}


class FileAddressField(serializers.CharField):
    """The whole address of a stored file."""

    def to_representation(self, file):
        """Return the address."""
        return absolute(file.url)


class PageAddressField(serializers.CharField):
    """The whole address of the page of a practice, in the language of the page."""

    def to_representation(self, practice):
        """Return the address."""
        return f"{settings.SITE_URL}{practice.get_absolute_url()}"


class FacetsField(serializers.Serializer):
    """What a practice has in each facet, in display order."""

    def to_representation(self, practice):
        """Return what the context tells of a practice: a snapshot of the index, and not the database."""
        return super().to_representation(self.context["values"](practice.pk))


class DocumentSerializer(serializers.Serializer):
    """A document to take away."""

    title = serializers.CharField()
    url = FileAddressField(source="file")
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    language = serializers.CharField(allow_blank=True)


def _of_practice(name, fields, kind=serializers.Serializer):
    """An object made of fields of the practice itself, as a component called `name`."""
    return type(name, (kind,), fields)(source="*")


class PracticeSerializer(serializers.Serializer):
    """One practice; its sections are HTML of a small vocabulary, empty where there is nothing to say."""

    id = serializers.CharField(source="slug", help_text="The last word of its address.")
    url = PageAddressField(source="*")
    title = serializers.CharField()
    teaser = serializers.CharField()
    facets = _of_practice(
        "PracticeFacets",
        {facet.param: ValueSerializer(many=True) for facet in PracticeFilterSet.declared_facets()},
        FacetsField,
    )
    start_year = serializers.IntegerField(allow_null=True)
    end_year = serializers.IntegerField(allow_null=True)
    years_note = serializers.CharField(allow_blank=True)
    organisations = OrganisationSerializer(many=True)
    place = serializers.CharField(allow_blank=True)
    website = serializers.CharField(allow_blank=True)
    contact = serializers.CharField(allow_blank=True)
    key_figures = KeyFigureSerializer(many=True)
    sections = _of_practice(
        "PracticeSections", {name: serializers.CharField(allow_blank=True) for name in Practice.SECTIONS}
    )
    links = LinkSerializer(many=True)
    picture = PictureField()
    documents = DocumentSerializer(many=True)
    # Moments, which each format writes in its own way.
    published_at = serializers.DateTimeField(format=None)
    updated_at = serializers.DateTimeField(format=None)

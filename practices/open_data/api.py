"""The interface for programs: public practices and facets as JSON, to read only, by the listing's parameters.

What a practice tells is in `presentation.serializers`, how a choice is read in `filterset`. Each answer is made by the
serializer that describes it: DRF negotiates, paginates and slows down, drf-spectacular describes. Version 1 only grows:
a key is never renamed nor taken away.
"""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import condition
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from practices.decorators import open_data, public_page, version_etag
from practices.filters import PracticeFilterSet, indexed
from practices.models import Practice
from practices.presentation.records import context_of, practices_of
from practices.presentation.serializers import PracticeSerializer, ValueSerializer


class OptionSerializer(ValueSerializer):
    """A value of a facet in a list."""

    count = serializers.IntegerField(help_text="How many practices choosing it would give.")
    selected = serializers.BooleanField()


class FacetSerializer(serializers.Serializer):
    """A facet, with the values in use under the other filters."""

    param = serializers.CharField(help_text="The query parameter that filters by it.")
    label = serializers.CharField()
    options = OptionSerializer(many=True)


class PageSerializer(serializers.Serializer):
    """A page of a list."""

    count = serializers.IntegerField(help_text="How many practices the whole list has.")
    next = serializers.CharField(allow_null=True, help_text="The address of the next page.")
    previous = serializers.CharField(allow_null=True)
    notices = serializers.ListField(
        child=serializers.CharField(), help_text="What in the address was not understood, and was left out."
    )
    results = PracticeSerializer(many=True)


class FacetsSerializer(serializers.Serializer):
    """The facets of a list."""

    count = serializers.IntegerField(help_text="How many practices the list has.")
    notices = serializers.ListField(child=serializers.CharField())
    facets = FacetSerializer(many=True)


def _filters():
    """The listing's parameters, as OpenAPI says them; a repeated one means "or"."""
    parameters = []
    for param, one in PracticeFilterSet.base_filters.items():
        schema: dict = {"type": "string"}
        if choices := getattr(one, "choices", None):
            schema["enum"] = list(choices)
        elif one in PracticeFilterSet.declared_facets():
            schema = {"type": "array", "items": schema}
        parameters.append(OpenApiParameter(param, schema, description=one.label, explode=True, style="form"))
    return parameters


class Pages(PageNumberPagination):
    """Twenty practices a page, a hundred at most."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


@method_decorator([open_data, condition(etag_func=version_etag)], name="dispatch")
class OpenView(APIView):
    """A view that any site may read, and that answers 304 to who has the answer of this version."""


class PracticesView(OpenView):
    """The practices of a list."""

    @extend_schema(
        operation_id="practices",
        parameters=[
            *_filters(),
            OpenApiParameter("page", {"type": "integer", "minimum": 1}),
            OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": Pages.max_page_size}),
        ],
        responses=PageSerializer,
    )
    def get(self, request):
        """The practices that match, with everything that is public of each."""
        filterset, pages = indexed(request.GET), Pages()
        found = practices_of(pages.paginate_queryset(filterset.results, request, view=self))
        page = {
            "count": pages.page.paginator.count,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
            "notices": filterset.notices,
            "results": found,
        }
        return Response(PageSerializer(page, context=context_of(filterset)).data)


class PracticeView(OpenView):
    """One practice."""

    @extend_schema(operation_id="practice", responses=PracticeSerializer)
    def get(self, request, slug):
        """Everything that is public of one practice."""
        filterset = indexed()
        found = Practice.objects.published().filter(slug=slug).values_list("pk", flat=True)
        for practice in practices_of(pk for pk in found if pk in filterset.snapshot.slots):
            return Response(PracticeSerializer(practice, context=context_of(filterset)).data)
        raise Http404


class FacetsView(OpenView):
    """The facets of a list."""

    @extend_schema(operation_id="facets", parameters=_filters(), responses=FacetsSerializer)
    def get(self, request):
        """What one can filter by, and how many practices each choice would give under the others."""
        filterset = indexed(request.GET)
        answer = {"count": len(filterset.results), "notices": filterset.notices, "facets": filterset.facets}
        return Response(FacetsSerializer(answer).data)


@method_decorator(open_data, name="dispatch")
class SchemaView(SpectacularAPIView):
    """This interface described in OpenAPI 3."""

    renderer_classes = [OpenApiJsonRenderer]


EXAMPLES = [
    (
        _("The practices of Belgium or France on cross-border cooperation, by title"),
        "practices",
        "?pays=belgique&pays=france&theme=cooperation-transfrontaliere&tri=titre",
    ),
    (_("Those where a word is found, five at a time, the second page"), "practices", "?q=emploi&page_size=5&page=2"),
    (_("What one can filter by, once a country is chosen"), "facets", "?pays=france"),
]
"""What the documentation shows, as (title, end of a path, query); a test runs each."""


@public_page
def documentation(request):
    """How to read the catalogue by program."""
    root = reverse("practices:api-practices").removesuffix("practices/")
    return render(
        request,
        "practices/api.html",
        {
            "root": root,
            "examples": [(title, f"{root}{path}/{query}") for title, path, query in EXAMPLES],
            "filters": [(param, one.label) for param, one in PracticeFilterSet.base_filters.items()],
            "canonical": reverse("practices:api"),
        },
    )

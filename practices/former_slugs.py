"""The addresses that pages used to have: remembered when a slug changes, answered with a permanent redirect."""

from django.http import Http404, HttpResponsePermanentRedirect

from practices.models import FormerAddress


def remember(instance):
    """Note the slug that a saved row is about to lose; a slug taken again leads nowhere else any more."""
    model = type(instance)
    former = model._default_manager.filter(pk=instance.pk).values_list("slug", flat=True).first()
    if former == instance.slug:
        return
    FormerAddress.objects.filter(model=model._meta.model_name, slug=instance.slug).delete()
    if former:
        FormerAddress.objects.update_or_create(
            model=model._meta.model_name, slug=former, defaults={"target": instance.pk, "merged": None}
        )


def former_slugs(instance):
    """The slugs that a row had before, in alphabetical order."""
    former = FormerAddress.objects.filter(model=type(instance)._meta.model_name, target=instance.pk)
    return sorted(former.values_list("slug", flat=True))


def hand_over(gone, kept):
    """Have every address of a row that is about to be merged lead to the one it is merged into."""
    former = FormerAddress.objects.filter(model=type(gone)._meta.model_name)
    former.filter(target=gone.pk).update(target=kept.pk)
    former.update_or_create(
        model=type(gone)._meta.model_name, slug=gone.slug, defaults={"target": kept.pk, "merged": gone.pk}
    )


def merged_into(model, pks):
    """What became of rows that are no longer there, as {primary key: the one it was merged into}."""
    former = FormerAddress.objects.filter(model=model._meta.model_name, merged__in=pks)
    return dict(former.values_list("merged", "target"))


def forget(instance):
    """Let the former addresses of a deleted row go with it."""
    FormerAddress.objects.filter(model=type(instance)._meta.model_name, target=instance.pk).delete()


def moved_slugs(model, slugs=None):
    """What the rows of a model are called now that had some slugs (or any), as {former: present}; two queries."""
    former = FormerAddress.objects.filter(model=model._meta.model_name)
    targets = dict((former if slugs is None else former.filter(slug__in=slugs)).values_list("slug", "target"))
    present = dict(model._default_manager.filter(pk__in=set(targets.values())).values_list("pk", "slug"))
    return {slug: present[target] for slug, target in targets.items() if target in present}


def present_address(queryset, slug):
    """Redirect a former slug to where the row of `queryset` is now; raise Http404 where there is none."""
    former = FormerAddress.objects.filter(model=queryset.model._meta.model_name, slug=slug).first()
    present = queryset.filter(pk=former.target).first() if former else None
    if present is None:
        raise Http404
    return HttpResponsePermanentRedirect(present.get_absolute_url())

"""What follows a save of the catalogue in the same transaction: the search index, former addresses."""

from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from practices import former_slugs
from practices.index import search_index
from practices.models import Audience, Country, Kind, Organisation, Practice, Sector, Theme
from search import reindexing

ADDRESSED = (Practice, Country, Sector, Theme, Kind, Audience)


@receiver(pre_save)
def remember_address(sender, instance, **_kwargs):
    """Note the address that a page is about to lose."""
    if sender in ADDRESSED:
        former_slugs.remember(instance)


@receiver(post_delete)
def forget_addresses(sender, instance, **_kwargs):
    """Let the former addresses of a deleted page go."""
    if sender in ADDRESSED:
        former_slugs.forget(instance)


@receiver(post_save, sender=Practice)
def index_practice(instance, **_kwargs):
    """Index what was saved."""
    search_index.update([instance.pk])


@receiver(post_delete, sender=Practice)
def forget_practice(instance, **_kwargs):
    """Take what was deleted out of the index."""
    search_index.forget(instance.pk)


@receiver(m2m_changed, sender=Practice.organisations.through)
def index_carried_practices(instance, action, reverse, pk_set, **_kwargs):
    """Index a practice whose organisations have changed, from whichever side."""
    if not reverse:
        search_index.update([instance.pk])
    elif action == "pre_clear":
        instance.carried = list(instance.practices.values_list("pk", flat=True))
    else:
        search_index.update(pk_set or getattr(instance, "carried", ()))


@receiver(pre_delete, sender=Organisation)
def remember_carried_practices(instance, **_kwargs):
    """Note which practices will lose this organisation."""
    instance.carried = list(instance.practices.values_list("pk", flat=True))


@receiver(post_delete, sender=Organisation)
def index_orphaned_practices(instance, **_kwargs):
    """Index the practices that have lost it."""
    search_index.update(instance.carried)


@receiver(post_save, sender=Organisation)
def index_renamed_organisation(instance, created, **_kwargs):
    """Index the practices of an organisation that may have been renamed."""
    if not created:
        search_index.update(instance.practices.values_list("pk", flat=True))


def follow_languages(sender=None, using=DEFAULT_DB_ALIAS, plan=(), **_kwargs):
    """After migrations that add a language to practices, have its pages find what they tell: French, for now."""
    reindexing.follow_languages(search_index, "title", using, plan)

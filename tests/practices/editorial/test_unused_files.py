from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from content.media.documents import store_document
from content.media.images import store_picture
from practices.editorial.revisions import record, restore
from practices.models import Revision, Status
from tests.factories import make_practice
from tests.uploads import document, picture

pytestmark = pytest.mark.django_db


def prune(hours=25, **options):
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        call_command("prune", verbosity=options.pop("verbosity", 0), yes=True, **options)


def files(media):
    return {path.relative_to(media).as_posix() for path in media.rglob("*")}


def test_files_that_nothing_names_go_after_a_day(media):
    store_picture(picture())
    store_document(document())

    prune(hours=23)
    assert len(files(media)) == 7
    prune()

    assert files(media) == {"images", "documents"}


def test_a_dry_run_says_how_many_and_deletes_none(media, capsys):
    store_picture(picture())

    prune(dry_run=True, verbosity=1)

    assert "Fichiers que plus rien ne cite, effacés (à faire)\u00a0: 3" in capsys.readouterr().out
    assert len(files(media)) == 5


def test_what_a_practice_or_one_of_its_versions_names_stays(media):
    practice = make_practice(status=Status.DRAFT, cover=store_picture(picture()), cover_alt="A")
    practice.documents.create(title="A", file=store_document(document()), size=1)
    before = files(media)
    prune()
    assert files(media) == before

    first = record(practice.pk, None, "save")
    practice.documents.all().delete()
    practice.cover = ""
    practice.save()
    record(practice.pk, None, "save")
    prune()
    restored, _lost = restore(first, None)

    assert files(media) == before
    assert (media / restored.cover.name).exists()
    assert (media / restored.documents.get().file.name).exists()


def test_a_deleted_practice_keeps_its_files_for_the_day_it_comes_back(media):
    practice = make_practice(cover=store_picture(picture()), cover_alt="A")
    record(practice.pk, None, "delete", again=True)
    practice.delete()
    before = files(media)
    prune()
    assert files(media) == before

    Revision.objects.all().delete()
    prune()

    assert files(media) == {"images"}


def test_nothing_is_done_where_there_is_no_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "none"

    prune()

    assert not settings.MEDIA_ROOT.exists()

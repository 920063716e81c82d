"""That a reader who was erased, or has left, is not brought back by whoever held her a moment before."""

import pytest

from newsletter.admin.readers import SubscriberAdmin
from newsletter.models import Consent, Delivery, ErasedAddress, SavedSearch, Subscriber
from newsletter.readers import subscriptions
from tests.newsletter.makers import ask, make_reader

pytestmark = pytest.mark.django_db
WANTED = {"language": "en", "letters": True, "frequency": "weekly"}


@pytest.mark.parametrize(
    "wanted", [WANTED, {**WANTED, "letters": False}, {"language": "fr", "letters": False, "frequency": ""}]
)
def test_who_was_erased_is_not_brought_back_by_her_choices(wanted):
    held = make_reader()
    kept = [SavedSearch.objects.create(subscriber=held, query="?q=a")]
    subscriptions.erase(held.email)

    changed = subscriptions.change(held, kept_searches=kept, **wanted)

    assert changed is None
    assert [model.objects.count() for model in (Subscriber, Consent, SavedSearch)] == [0, 0, 0]


def test_who_has_left_stays_away_whatever_was_held_before():
    held = make_reader()
    subscriptions.leave(held.key)

    changed = subscriptions.change(held, kept_searches=[], **WANTED)

    held.refresh_from_db()
    assert (changed, held.state, held.letters, held.frequency) == (None, "left", False, "")
    assert held.consents.standing().count() == 0


def test_who_was_erased_and_comes_back_is_another_reader_for_whoever_held_the_first():
    held = make_reader("colette@example.org")
    subscriptions.erase(held.email)
    back = make_reader("colette@example.org", letters=False, frequency="monthly")

    changed = subscriptions.change(held, kept_searches=[], **WANTED)

    back.refresh_from_db()
    assert (changed, back.letters, back.frequency) == (None, False, "monthly")


def test_what_others_wrote_meanwhile_is_not_written_over():
    held = make_reader()
    Subscriber.objects.filter(pk=held.pk).update(frequency="monthly", email="Colette@example.org")

    subscriptions.change(held, kept_searches=[], language="fr", letters=True, frequency="monthly")

    assert Subscriber.objects.get().email == "Colette@example.org"
    assert Consent.objects.count() == 1  # nothing is added to what she has agreed to by now


@pytest.mark.parametrize("when", [subscriptions.erase, lambda address: Consent.objects.all().delete()])
def test_a_request_that_was_erased_confirms_nothing(when):
    asked = ask("colette@example.org")
    when("colette@example.org")

    assert subscriptions.confirm(asked.key) is None
    assert (Subscriber.objects.count(), Delivery.objects.count()) == (0, 0)


def test_an_editor_who_lets_somebody_in_again_does_not_undo_what_she_chose_meanwhile(editor_client, monkeypatch):
    reader = make_reader(state="blocked")
    form = {"state": "active"} | {
        f"{name}-{what}_FORMS": "0" for name in ("consents", "searches") for what in ("TOTAL", "INITIAL")
    }
    address = f"/admin/newsletter/subscriber/{reader.pk}/change/"
    save_model = SubscriberAdmin.save_model

    def erase_first(self, request, obj, *args):
        subscriptions.erase(obj.email)
        return save_model(self, request, obj, *args)

    editor_client.post(address, form)
    let_in = Subscriber.objects.get().state
    monkeypatch.setattr(SubscriberAdmin, "save_model", erase_first)
    editor_client.post(address, {**form, "state": "blocked"})

    assert let_in == "active"
    assert Subscriber.objects.count() == 0
    assert ErasedAddress.objects.count() == 1

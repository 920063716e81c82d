"""The values that addresses take in `fuzzing`, good ones: slugs that exist, links that work, each made here."""

from contributions.links import follow_token, write_token
from contributions.models import Proposal
from newsletter import tokens
from newsletter.models import Subscriber
from newsletter.readers import subscriptions
from practices.models import Country, Practice, Sector, Theme
from practices.views.preview import token_for
from tests.newsletter.makers import ask, make_letter, make_reader


def good_arguments():
    """Good values for the arguments of routes, by name; some rows are made for them."""
    reader = make_reader("lectrice-connue@example.org", frequency="weekly")
    gone = make_reader("lectrice-partie@example.org")
    subscriptions.leave(gone.key)
    asked = ask("demande@example.org")
    letter = make_letter(readers=1, slug="lettre-connue")
    proposal = Proposal.objects.create()
    slugs = [
        *Practice.objects.values_list("slug", flat=True)[:20],
        *(slug for model in (Country, Sector, Theme) for slug in model.objects.values_list("slug", flat=True)[:10]),
        *("a-propos", "mentions-legales", letter.slug, "titre", "resume", "contact"),
    ]
    words = [
        *(kind.make(one) for one in (reader, gone) for kind in (tokens.PREFERENCES, tokens.LEAVE)),
        *(
            tokens.CONFIRM.make(asked),
            write_token(proposal),
            follow_token(proposal),
            token_for(Practice.objects.first()),
        ),
        tokens.CONFIRM.sign("nobody"),
    ]
    emails = list(Subscriber.objects.values_list("email", flat=True))
    return {"slug": slugs, "token": words, "name": slugs, "section": ["practices", "pages", "x"], "email": emails}

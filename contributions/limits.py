"""How much one network may bring in an hour: the newsletter's tallies, under a name of our own."""

from django.conf import settings

from newsletter import limits

FILES_A_PROPOSAL = 4
"""Forms with files that go with each proposal of a network's share."""


def too_many(request):
    """Count a request for its network; return whether it has had its share of this hour."""
    return limits.too_many(request, "contributions", settings.PROPOSALS_PER_HOUR)


def too_many_files(request):
    """Count a form with files for its network: each costs the machine more than words do."""
    return limits.too_many(request, "contributions.files", FILES_A_PROPOSAL * settings.PROPOSALS_PER_HOUR)

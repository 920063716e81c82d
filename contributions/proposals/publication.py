"""What follows when a practice made of a proposal reaches the public."""

from contributions.models import Proposal
from contributions.models.messages import About
from contributions.proposals.writing import write_to


def tell_of_publication(sender, instance, created, raw=False, **_kwargs):
    """Write to the author of a proposal, once, when its practice is published."""
    if raw or not created or instance.transition != "publish":
        return
    proposal = Proposal.objects.select_for_update().filter(practice=instance.practice_id).first()
    if proposal and not proposal.messages.filter(about=About.PUBLISHED).exists():
        write_to(proposal, About.PUBLISHED)

"""What people bring, one module a subject."""

from contributions.models.files import ProposalFile
from contributions.models.messages import Message
from contributions.models.proposals import Proposal, Remark, Review
from contributions.models.reports import Report
from contributions.models.updates import Update

__all__ = ["Message", "Proposal", "ProposalFile", "Remark", "Report", "Review", "Update"]

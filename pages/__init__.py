"""The plain pages that a site owes its visitors."""

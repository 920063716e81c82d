"""What people bring, in the back office: one module a subject."""

from contributions.admin import proposals, reports, updates

__all__ = ["proposals", "reports", "updates"]

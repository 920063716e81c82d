"""The newsletter's back office, one module a subject."""

from newsletter.admin import deliveries, letters, readers

__all__ = ["deliveries", "letters", "readers"]

"""What the tests of mail share with those of the newsletter, whose messages they send."""

from tests.newsletter.conftest import clean_index, editor, editor_client, send_mail

__all__ = ["clean_index", "editor", "editor_client", "send_mail"]

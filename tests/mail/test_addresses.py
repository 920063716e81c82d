import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from mail.addresses import AddressField, address_key, clean_address, fingerprint, masked


@pytest.mark.parametrize(
    ("typed", "clean", "key"),
    [
        ("colette@example.org", "colette@example.org", "colette@example.org"),
        ("A@B.FR", "A@b.fr", "a@b.fr"),
        ("a+tag@b.fr", "a+tag@b.fr", "a+tag@b.fr"),
        (" colette@example.org\u00a0", "colette@example.org", "colette@example.org"),
        ("colette@économie-sociale.fr", "colette@xn--conomie-sociale-9mb.fr", "colette@xn--conomie-sociale-9mb.fr"),
        ("colette@e\u0301conomie.fr", "colette@xn--conomie-9xa.fr", "colette@xn--conomie-9xa.fr"),
    ],
)
def test_an_address_is_kept_as_it_is_written_to_and_compared_in_its_normal_form(typed, clean, key):
    assert clean_address(typed) == clean
    assert address_key(clean) == key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "colette",
        "@b.fr",
        "colette@",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        f"{'a' * 65}@b.fr",
        f"a@{'b' * 64}.fr",
        f"a@{'b.' * 130}fr",
        "a@b.fr\r\nBcc: c@d.fr",
        "a@b.fr\r\n",
        "a\x00@b.fr",
        "a\u202e@b.fr",
        "a b@c.fr",
        "a@b..fr",
        "a@b.fr, c@d.fr",
        "Colette <a@b.fr>",
    ],
)
def test_what_is_not_a_mailbox_of_a_public_domain_is_refused(typed):
    with pytest.raises(ValidationError, match="example"):
        clean_address(typed)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_an_error_of_the_form(typed):
    try:
        address = AddressField(required=False).clean(typed)
    except ValidationError:
        return
    assert address == "" or (address.isprintable() and address.count("\n") == 0 and "@" in address)


def test_a_hash_is_the_same_for_the_same_mailbox_and_says_nothing_without_the_key():
    same = {fingerprint("Colette@example.org"), fingerprint("colette@example.org")}
    with override_settings(NEWSLETTER_HASH_KEY="another"):
        other = fingerprint("colette@example.org")

    assert len(same) == 1
    assert other not in same


@pytest.mark.parametrize(
    ("address", "shown"),
    [("colette@example.org", "c…e@example.org"), ("ab@example.org", "a…@example.org"), ("a@b.fr", "a…@b.fr")],
)
def test_a_masked_address_tells_its_ends_only(address, shown):
    assert masked(address) == shown

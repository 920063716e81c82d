"""That the check of saves finds those that could bring a row back, and no others."""

import pytest

from tests.check_saves import bare_saves, main


@pytest.mark.parametrize(
    "source",
    [
        "one.save()",
        "rows[0].save(using='other')",
        "self.get(x).save(**options)",
        "await one.asave()",
        "form.save(commit=False)",
    ],
)
def test_an_object_saved_whole_is_found(source):
    assert bare_saves(f"x = 1\nasync def f():\n    {source}") == [3]


@pytest.mark.parametrize(
    "source",
    [
        "one.save(update_fields=['state'])",
        "one.save(force_insert=True)",
        "one.save(force_update=not new)",
        "super().save(*args, **kwargs)",
        "super().save()",
        "image.save(file, 'PNG', optimize=True)",
        "save()",
    ],
)
def test_what_says_how_or_saves_something_else_is_not(source):
    assert bare_saves(source) == []


def test_the_applications_have_none(capsys):
    assert (main(), capsys.readouterr().out) == (0, "")

import re

from django.conf import settings

from operations.release import version


def test_the_newest_version_of_the_journal_is_that_of_the_code():
    journal = (settings.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")

    titles = re.findall(r"^## (.+)$", journal, re.MULTILINE)

    assert titles[0] == "À paraître"
    assert titles[1].split(" – ")[0] == version()

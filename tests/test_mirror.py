"""That tests stand where the code does, so that whoever opens a module finds what proves it.

`practices/links/schedule.py` is proved by `tests/practices/links/test_schedule.py`; a file named as a package is, like
`tests/practices/test_models.py`, answers for all its modules. What is neither stands in one of the two tables below,
with the reason. Tests under tests/browser follow what a visitor does, those at the root of tests/ the rules of the
repository.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APART = {"bench", "tests"}
FOLDERS = [path.parent for path in sorted(ROOT.glob("*/__init__.py")) if path.parent.name not in APART]
MODULES = {
    path.relative_to(ROOT).with_suffix("")
    for folder in FOLDERS
    for path in folder.rglob("*.py")
    if path.stem != "__init__" and path.parent.name != "migrations"
}
PACKAGES = {path.parent.relative_to(ROOT) for folder in FOLDERS for path in folder.rglob("__init__.py")}
BENCH = {path.relative_to(ROOT).with_suffix("") for path in (ROOT / "bench").rglob("*.py")}
TESTS = {
    path.relative_to(ROOT / "tests")
    for path in (ROOT / "tests").glob("*/**/test_*.py")
    if path.relative_to(ROOT / "tests").parts[0] != "browser"
}

ACROSS = {
    "bonnespratiques/test_english_code.py": "the language of the code, in every module",
    "bonnespratiques/test_fuzzing.py": "odd requests at every address",
    "bonnespratiques/test_inputs.py": "odd input on every public page",
    "bonnespratiques/test_mailed_links.py": "every kind of signed link",
    "bonnespratiques/test_races.py": "erasing and saving at once, in every application",
    "bonnespratiques/test_register.py": "the register of personal data, over every table",
    "bonnespratiques/test_security.py": "the headers of every page",
    "bonnespratiques/test_translations.py": "the words of the whole interface",
    "contributions/test_erasing.py": "what is erased is brought back by no service",
    "newsletter/test_sign_up.py": "a sign-up, from the form to the confirmed reader",
    "operations/test_languages.py": "a language more, in a copy of the whole site",
    "operations/test_released.py": "the databases and backups of every released version",
    "practices/importing/test_locks.py": "nobody waits for any step of an import",
    "practices/test_search.py": "the search box, from the words typed to the list",
}
"""Tests for which no one module answers, and what they prove."""

NO_FILE_OF_THEIR_OWN = {
    "declarations only": """
        bonnespratiques/apps bonnespratiques/urls contributions/apps contributions/urls newsletter/apps
        newsletter/translation newsletter/urls operations/apps operations/models operations/urls pages/apps
        pages/translation pages/urls practices/apps practices/urls
    """,
    "tables, proved by the services that write them": """
        contributions/models/files contributions/models/messages contributions/models/proposals
        contributions/models/querysets contributions/models/reports contributions/models/updates
        newsletter/models/bounces newsletter/models/deliveries newsletter/models/digests newsletter/models/letters
        newsletter/models/querysets newsletter/models/readers pages/models pages/querysets
    """,
    "accounts/test_site.py": "accounts/second_factor",
    "bonnespratiques/test_fuzzing.py": "bonnespratiques/wsgi",
    "bonnespratiques/test_inputs.py": "content/fields",
    "bonnespratiques/test_mailed_links.py": "mail/decorators mail/signed_links",
    "bonnespratiques/test_security.py": "bonnespratiques/content_security_policy bonnespratiques/middleware",
    "content/test_collation.py": "content/folding",
    "content/media/test_documents.py": "content/media/recognition",
    "content/media/test_images.py": "content/media/drawing content/media/renditions",
    "content/media/test_middleware.py": "content/media/serving",
    "content/media/test_sandbox.py": "content/media/sandbox_child",
    "contributions/proposals/test_review.py": """
        contributions/admin/proposals contributions/mail contributions/proposals/publication
    """,
    "contributions/proposals/test_writing.py": """
        contributions/consent_wording contributions/forms/fields contributions/forms/messages
        contributions/forms/steps contributions/outbox contributions/proposals/progress
    """,
    "contributions/test_attachments.py": "contributions/forms/files contributions/storage",
    "contributions/test_reports.py": "contributions/admin/reports",
    "contributions/test_updates.py": "contributions/admin/updates",
    "facets/test_filterset.py": """
        facets/backends/sql facets/catalogue facets/declaration facets/orders
    """,
    "facets/test_loader.py": "facets/snapshot",
    "newsletter/delivery/test_bounces.py": "mail/mailboxes newsletter/management/commands/read_bounces",
    "newsletter/delivery/test_sender.py": "mail/processes mail/transport",
    "newsletter/readers/test_csv_files.py": """
        newsletter/management/commands/export_subscribers newsletter/management/commands/import_subscribers
    """,
    "newsletter/readers/test_subscriptions.py": "newsletter/admin/readers",
    "newsletter/test_digests.py": "newsletter/delivery/messages newsletter/readers/saved_searches",
    "newsletter/test_letters.py": """
        newsletter/admin/deliveries newsletter/admin/letters newsletter/delivery/composition newsletter/feeds
        newsletter/templatetags/newsletter
    """,
    "newsletter/test_sign_up.py": "newsletter/forms newsletter/limits",
    "operations/backup/test_archive.py": "operations/management/commands/backup",
    "operations/backup/test_writing.py": """
        operations/backup/hooks operations/backup/restoring operations/management/commands/restore
        practices/restore_hooks
    """,
    "operations/logs/test_formatters.py": """
        operations/logs/privacy operations/logs/requests operations/logs/sentry operations/logs/slow_queries
    """,
    "operations/test_networks.py": "practices/open_data/throttling",
    "operations/postgresql/test_watchdog.py": "operations/postgresql/base",
    "operations/test_clock.py": """
        operations/management/commands/prune operations/monitoring/probes operations/retention
    """,
    "operations/test_doctor.py": """
        newsletter/checks newsletter/dashboard newsletter/diagnostics operations/management/commands/doctor
        operations/monitoring/diagnostics operations/monitoring/timers operations/runs practices/diagnostics
    """,
    "operations/test_health.py": "operations/views",
    "practices/test_admin.py": "pages/admin",
    "practices/editorial/test_dashboard.py": "contributions/dashboard practices/admin_site practices/editorial/needs",
    "practices/editorial/test_workflow.py": "practices/editorial/notifications",
    "practices/admin/test_forms.py": """
        content/admin/widgets practices/editorial/completeness practices/editorial/duplicates practices/views/preview
    """,
    "practices/importing/reading/test_files.py": "practices/importing/problems practices/importing/reading/packages",
    "practices/importing/test_saving.py": """
        content/validation practices/importing/column_kinds practices/importing/columns practices/importing/comparing
        practices/importing/exporting practices/importing/fields practices/importing/rules practices/importing/survey
    """,
    "practices/importing/test_words.py": """
        practices/importing/countries practices/importing/reading/headings
    """,
    "practices/admin/test_imports.py": "practices/importing/progress practices/importing/reading/layout",
    "practices/links/test_schedule.py": "practices/links/http practices/management/commands/check_links",
    "practices/open_data/test_api.py": "practices/decorators practices/presentation/serializers",
    "practices/open_data/test_exports.py": "practices/open_data/formats practices/presentation/records",
    "practices/open_data/test_sitemaps.py": "pages/sitemaps practices/open_data/robots",
    "practices/test_generation.py": "practices/management/commands/generate_practices",
    "practices/test_index.py": "operations/garbage_collection",
    "practices/test_search.py": "practices/management/commands/reindex practices/signals search/engine",
    "practices/test_translation.py": "content/admin/translations content/querysets",
    "practices/views/test_pages.py": """
        content/slugs content/templatetags/site practices/presentation/metadata practices/templatetags/catalogue
        practices/views/pagination
    """,
}
"""Modules without a test file, by the one that proves them, or by the reason why none does."""


def place_of(module):
    """Where the test file of a module or of a package stands, from tests/."""
    return module.parent / f"test_{module.name}.py"


def proved():
    """The modules that a file of their name proves, or that of a package around them."""
    return {
        module
        for module in MODULES
        for around in (module, *module.parents)
        if len(around.parts) > 1 and place_of(around) in TESTS
    }


def excused():
    return [Path(module) for modules in NO_FILE_OF_THEIR_OWN.values() for module in modules.split()]


def test_every_test_file_stands_where_what_it_proves_does():
    expected = {place_of(one) for one in MODULES | PACKAGES | BENCH}

    assert sorted(map(str, TESTS - expected)) == sorted(ACROSS)


def test_every_module_has_a_test_file_or_a_reason_why_not():
    assert sorted(map(str, MODULES - proved() - set(excused()))) == []


def test_no_excuse_outlives_its_module_or_is_given_twice():
    listed = excused()

    assert [str(module) for module in listed if module not in MODULES] == [], "these are gone"
    assert [str(module) for module in listed if module in proved()] == [], "these have a test file now"
    assert sorted({str(module) for module in listed if listed.count(module) > 1}) == []


@pytest.mark.parametrize("reason", [one for one in NO_FILE_OF_THEIR_OWN if "/" in one])
def test_what_proves_a_module_elsewhere_is_there(reason):
    assert Path(reason) in TESTS

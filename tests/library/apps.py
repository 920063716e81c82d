"""The name of the application of books, and what is set up with it."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class LibraryConfig(AppConfig):
    """Books, and the tables that both engines need of their application."""

    name = "tests.library"
    label = "library"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Have the database count every change of the books, and hold their search index."""
        from operations.backup.hooks import Hooks, register
        from tests.library.index import triggers

        # Backups are of a site, which has no library.
        register(
            self.label,
            Hooks(untouched=tuple(model._meta.label for model in self.get_models(include_auto_created=True))),
        )
        triggers.watch_items()
        pre_migrate.connect(triggers.suspend, sender=self)
        post_migrate.connect(triggers.install, sender=self)
        post_migrate.connect(create_search_tables, sender=self)


def create_search_tables(sender, using, **_kwargs):
    """Create the tables of the search index, which no model describes, where they are not there."""
    from tests.library.index import book_index

    connection = connections[using]
    if book_index.table not in connection.introspection.table_names():
        with connection.cursor() as cursor:
            for statement in book_index.create_statements(connection.vendor):
                cursor.execute(statement)

from django.db import migrations


def create(apps, schema_editor):
    """Create the full-text index in the way of this database."""
    from practices.index import search_index

    for statement in search_index.create_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop it."""
    from practices.index import search_index

    for table in (search_index.table, search_index.words_table):
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("practices", "0002_catalogue_version")]

    operations = [migrations.RunPython(create, drop)]

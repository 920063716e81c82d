from django.db import migrations


def create(apps, schema_editor):
    """Create the full-text index in the way of this database."""
    from practices import search

    for statement in search.create(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop it."""
    from practices import search

    for table in (search.TABLE, search.WORDS_TABLE):
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("practices", "0002_catalogue_version")]

    operations = [migrations.RunPython(create, drop)]

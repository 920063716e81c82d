from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practices", "0019_words_of_files_to_their_language")]

    # Nothing of the database changes: the field has another name in the code, the column keeps its own.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField(model_name="change", old_name="practice", new_name="item"),
                migrations.AlterField(
                    model_name="change", name="item", field=models.BigIntegerField(null=True, db_column="practice")
                ),
            ]
        )
    ]

from django.db import migrations, models

import content.fields


class Migration(migrations.Migration):
    dependencies = [("practices", "0010_words_to_their_language")]

    operations = [
        migrations.RemoveConstraint(
            model_name="keyfigure",
            name="keyfigure_label_unique",
        ),
        migrations.RemoveConstraint(
            model_name="practice",
            name="practice_has_title_and_address",
        ),
        migrations.AlterField(
            model_name="practice",
            name="title_key",
            field=content.fields.SortKeyField("title_fr"),
        ),
        migrations.AddConstraint(
            model_name="keyfigure",
            constraint=models.UniqueConstraint(fields=("practice", "label_fr"), name="keyfigure_label_unique"),
        ),
        migrations.AddConstraint(
            model_name="practice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title_fr", ""), _negated=True),
                    ("title_fr__isnull", False),
                    models.Q(("slug", ""), _negated=True),
                ),
                name="practice_has_title_and_address",
            ),
        ),
    ]

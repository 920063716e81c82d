from django.db import migrations, models


class Migration(migrations.Migration):
    """A message that brings all the links of an address."""

    dependencies = [("contributions", "0004_files")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="about",
            field=models.CharField(
                choices=[
                    ("link", "The link to a proposal"),
                    ("links", "The links of an address"),
                    ("received", "A proposal was received"),
                    ("question", "A question about a proposal"),
                    ("accepted", "A proposal was accepted"),
                    ("published", "A proposal was published"),
                    ("refused", "A proposal was not kept"),
                    ("report", "The answer to an error reported"),
                    ("update", "Is this page still true?"),
                ],
                max_length=10,
            ),
        ),
    ]

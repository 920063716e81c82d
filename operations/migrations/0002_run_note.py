from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_run")]

    operations = [
        migrations.AddField(model_name="run", name="note", field=models.TextField(db_default="", default="")),
    ]

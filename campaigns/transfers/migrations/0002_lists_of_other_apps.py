from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="exportjob",
            name="about",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="kind",
            field=models.CharField(default="supporters", editable=False, max_length=20),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0006_moderating_messages"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="petition",
            options={
                "ordering": ["reference"],
                "permissions": [("export_signatures", "Can export names for a handover")],
                "verbose_name": "petition",
                "verbose_name_plural": "petitions",
            },
        ),
        migrations.AddField(
            model_name="tally",
            name="recounted_at",
            field=models.DateTimeField(null=True, verbose_name="counted anew at"),
        ),
    ]

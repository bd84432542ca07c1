from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("petitions", "0007_handover_and_recounts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("held_at__isnull", False)),
                fields=["petition", "network"],
                name="petitions_signature_held",
            ),
        ),
    ]

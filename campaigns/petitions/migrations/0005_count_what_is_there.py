from django.db import migrations
from django.db.models import Count, F
from django.db.models.functions import TruncDate
from django.utils import timezone


def count_what_is_there(apps, schema_editor):
    """The tallies are right when this runs: their parts and the marks of what they count follow."""
    Signature = apps.get_model("petitions", "Signature")
    TallyPart = apps.get_model("petitions", "TallyPart")
    Tally = apps.get_model("petitions", "Tally")
    kinds = {"R": ("received",), "C": ("received", "confirmed"), "H": ("held",)}
    parts, totals = {}, {}
    rows = (
        Signature.objects.order_by()
        .annotate(day=TruncDate("signed_at"))
        .values_list("petition", "day", "language", "country", "standing")
        .annotate(number=Count("pk"))
    )
    for petition, day, language, country, standing, number in rows:
        for kind in kinds[standing]:
            for counts in (
                parts.setdefault((petition, day, language, country), {}),
                totals.setdefault(petition, {}),
            ):
                counts[kind] = counts.get(kind, 0) + number
    TallyPart.objects.bulk_create(
        TallyPart(petition_id=petition, day=day, language=language, country=country, **counts)
        for (petition, day, language, country), counts in parts.items()
    )
    for petition, counts in totals.items():
        Tally.objects.update_or_create(
            petition_id=petition, defaults={**counts, "counted_at": timezone.now()}
        )
    Signature.objects.update(counted_as=F("standing"))


class Migration(migrations.Migration):
    dependencies = [("petitions", "0004_policies_editions_and_counts")]

    operations = [
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop, elidable=True),
    ]

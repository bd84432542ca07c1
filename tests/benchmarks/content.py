"""Run inside the site: what the loads need beyond the demonstration, and where they go."""

import json
import sys

import django
from django.db import connection

# The demonstration's petition without a deadline.
PETITION = "ana-drovik"
# A page of Wagtail's own type, below the French home page.
PLAIN_SLUG = "bench-plain"


def prepare() -> dict[str, str | int]:
    """Make the bare table and a plain Wagtail page; return the paths and the signing page's id."""
    from wagtail.models import Page

    from home.models import CasePage, HomePage, UrgentActionPage

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_insert"
            " (address varchar(254) PRIMARY KEY, inserted_at varchar(40) NOT NULL)"
        )
    home = HomePage.objects.get(locale__language_code="fr")
    case = CasePage.objects.get(locale=home.locale, petition__reference=PETITION)
    urgent_action = UrgentActionPage.objects.live().filter(locale=home.locale).last()
    plain = home.add_child(instance=Page(title="Nue", slug=PLAIN_SLUG, locale=home.locale))
    return {
        "sign": f"/fr/petitions/{PETITION}/sign/",
        "page": case.pk,
        "home": _path(home),
        "case page": _path(case),
        "urgent action page": _path(urgent_action),
        "plain Wagtail page": _path(plain),
    }


def _path(page) -> str:
    return page.get_url_parts()[2]


if __name__ == "__main__":
    django.setup()
    json.dump(prepare(), sys.stdout)

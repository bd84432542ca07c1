"""Every row of the database, to compare before and after."""

from collections.abc import Collection

from django.apps import apps

# Wagtail makes the row of the site's settings when they are first read: `tests/home` looks at that.
# How many links were tried that open nothing is counted per client, and is nobody's data.
MADE_BY_READING = {"home.OrganisationSettings", "outbox.RateCount"}


def every_row(*, but: Collection[str] = MADE_BY_READING) -> dict[str, list[dict]]:
    """All rows of all tables that hold something, ordered."""
    return {
        model._meta.label: rows
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in but
        for rows in [list(model._base_manager.order_by("pk").values())]
        if rows
    }


def changed(before: dict[str, list[dict]], after: dict[str, list[dict]]) -> set[str]:
    """The tables that differ."""
    return {
        label for label in before.keys() | after.keys() if before.get(label) != after.get(label)
    }

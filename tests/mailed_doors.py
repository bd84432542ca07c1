"""Every kind of mailed link, as the site routes it: a new one is tested without being listed."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.supporters.links import LinkPurpose


def every_purpose() -> list[LinkPurpose]:
    """The purposes of all doors, by name."""
    return sorted(_purposes(get_resolver().url_patterns), key=lambda purpose: purpose.name)


def _purposes(patterns: list[URLPattern | URLResolver]) -> Iterator[LinkPurpose]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _purposes(pattern.url_patterns)
        else:
            purpose = getattr(pattern.callback, "view_initkwargs", {}).get("purpose")
            if purpose is not None:
                yield purpose

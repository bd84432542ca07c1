"""What a deployer gets wrong, found by `manage.py check --deploy` before a reader finds it."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.http.request import validate_host

SHORTEST_KEY = 50
SOURCES = [
    path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po")
]


@register(Tags.security, deploy=True)
def secret_key_is_secret(**_options: Any) -> list[Error]:
    """Every mailed link hangs on this key."""
    key = settings.SECRET_KEY
    if len(key) >= SHORTEST_KEY and not key.startswith("insecure") and len(set(key)) > 10:
        return []
    return [
        Error(
            "SECRET_KEY is short, repetitive or the published one.",
            hint=f"Set it to at least {SHORTEST_KEY} random characters.",
            id="home.E101",
        )
    ]


@register(Tags.security, deploy=True)
def links_in_mails_lead_here(**_options: Any) -> list[Error]:
    """Links in mails are made from BASE_URL, so it has to be an address that we answer at."""
    parts = urlsplit(settings.BASE_URL)
    problems = []
    if parts.scheme != "https":
        problems.append(
            Error("BASE_URL is not https: signatures would travel in clear.", id="home.E102")
        )
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        problems.append(
            Error(
                "BASE_URL names a host that ALLOWED_HOSTS does not: links in mails would fail.",
                id="home.E103",
            )
        )
    return problems


@register(Tags.security, deploy=True)
def proxies_are_counted(**_options: Any) -> list[Error]:
    """The server speaks plain HTTP: behind https there is a proxy, and it has to be counted."""
    if not settings.BASE_URL.startswith("https://") or settings.TRUSTED_PROXY_COUNT > 0:
        return []
    return [
        Error(
            "TRUSTED_PROXY_COUNT is 0 behind https: nothing says which requests came encrypted.",
            hint="Set it to the number of proxies that add to X-Forwarded-For, usually 1.",
            id="home.E104",
        )
    ]


@register(Tags.translation, deploy=True)
def words_are_compiled(**_options: Any) -> list[Error]:
    """Without its catalogues the site speaks, mails and asks consent in English."""
    missing = [path for path in SOURCES if not path.with_suffix(".mo").exists()]
    if not missing:
        return []
    return [
        Error(
            f"The words of {len(missing)} languages are not compiled.",
            hint="Run: python -m config.catalogues",
            id="home.E106",
        )
    ]


@register(Tags.caches, deploy=True)
def processes_share_a_cache(**_options: Any) -> list[Error]:
    """The server runs several processes; memory of one is unknown to the others."""
    if not settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"):
        return []
    return [
        Error(
            "CACHE_URL is local memory, which several processes do not share.",
            hint="Name a redis:// or file:// cache.",
            id="home.E105",
        )
    ]

"""The only reader of the environment.

Each accessor returns a typed value. A missing or malformed variable stops the start with one
line that names it (`ConfigurationError` is a `SystemExit`, so no traceback hides that line).
"""

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


class ConfigurationError(SystemExit):
    """A variable is missing or malformed; the message is the line the deployer reads."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"obstinate: environment variable {name} {reason}")


def text(name: str, default: str | None = None) -> str:
    """The variable as it stands; without a default it has to be set and not empty."""
    value = os.environ.get(name, default)
    if value is None or (value == "" and default is None):
        raise ConfigurationError(name, "is missing")
    return value


def words(name: str, default: str | None = None) -> list[str]:
    """A list separated by commas; blanks around and between are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def boolean(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, str(default)).strip().lower()
    if value in TRUE_WORDS:
        return True
    if value in FALSE_WORDS:
        return False
    raise ConfigurationError(name, f"is {value!r}, expected one of yes, no, 1, 0, true, false")


def whole_number(name: str, *, default: int | None = None) -> int:
    """A number of zero or more; without a default it has to be set."""
    value = text(name, None if default is None else str(default))
    if not value.isdecimal():
        raise ConfigurationError(name, f"is {value!r}, expected a whole number")
    return int(value)


def base_url(name: str, default: str | None = None) -> str:
    """An absolute http(s) address without path, query or trailing slash."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_address = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.port != 0  # Asking for the port raises ValueError where it is no number.
            and not (parts.path or parts.query)
        )
    except ValueError:
        is_address = False
    if not is_address:
        raise ConfigurationError(
            name, f"is {value!r}, expected an address like https://example.org"
        )
    return value


def database(name: str, default: str | None = None) -> dict[str, Any]:
    """A Django DATABASES entry from a URL, with the options that losing nothing asks for."""
    value = text(name, default)
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(value))
    except ValueError as error:
        raise ConfigurationError(name, "is not a database URL") from error
    # A connection per request costs a factor of three on SQLite and of eight on PostgreSQL.
    settings["CONN_MAX_AGE"] = 60
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        # Without IMMEDIATE, two writers that both began by reading meet "database is locked"
        # whatever the timeout; without FULL, a power cut takes the last signatures with it.
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000"
            ),
        }
    elif settings["ENGINE"] == "django.db.backends.postgresql":
        # A connection that hangs must not hang the site.
        settings["CONN_HEALTH_CHECKS"] = True
        settings["OPTIONS"] = {
            **settings.get("OPTIONS", {}),
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            "options": (
                f"-c statement_timeout={1000 * statement_seconds()} -c lock_timeout=2000"
                " -c idle_in_transaction_session_timeout=60000"
            ),
        }
    return settings


def statement_seconds() -> int:
    """How long a database statement may take: 5 s for readers (`wsgi.py`), else ten minutes."""
    return whole_number("STATEMENT_SECONDS", default=600)


def cache(name: str, default: str) -> dict[str, Any]:
    """A Django CACHES entry: `locmem://`, `file:///folder` or `redis://…`."""
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme == "locmem":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": parts.path,
        }
    if parts.scheme in {"redis", "rediss"}:
        return {"BACKEND": "config.shared_cache.SharedCache", "LOCATION": value}
    raise ConfigurationError(name, f"is {value!r}, expected locmem://, file:///… or redis://…")


def anymail() -> dict[str, Any]:
    """Every `ANYMAIL_…` variable, as Anymail's setting of that name.

    `true` and `false` become booleans, `{…}` and `[…]` are read as JSON, the rest stays text.
    """
    prefix = "ANYMAIL_"
    settings: dict[str, Any] = {
        # Not every provider lets a message refuse opens and clicks; one that cannot still sends.
        "IGNORE_UNSUPPORTED_FEATURES": True,
        "REQUESTS_TIMEOUT": (3.05, 15),
    }
    for name, value in os.environ.items():
        if name.startswith(prefix) and value:
            settings[name.removeprefix(prefix)] = _anymail_value(name, value)
    if "," in settings.get("WEBHOOK_SECRET", ""):
        # Two secrets while one is being rotated.
        settings["WEBHOOK_SECRET"] = words("ANYMAIL_WEBHOOK_SECRET")
    return settings


def _anymail_value(name: str, value: str) -> Any:
    if value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if name == "ANYMAIL_REQUESTS_TIMEOUT":
        return whole_number(name)
    if value[0] in "{[":
        try:
            return json.loads(value)
        except ValueError as error:
            raise ConfigurationError(name, "begins like JSON and is none") from error
    return value


def encryption_keys(name: str, default: str | None = None) -> list[str]:
    """One or more Fernet keys, newest first: 32 bytes in URL-safe base64 each."""
    keys = words(name, default)
    for key in keys:
        try:
            is_key = len(base64.urlsafe_b64decode(key)) == 32
        except ValueError:
            is_key = False
        if not is_key:
            raise ConfigurationError(name, "holds something that is no Fernet key")
    if not keys:
        raise ConfigurationError(name, "is missing")
    return keys


def secret(name: str, default: str | None = None) -> str:
    """A secret of at least 32 characters."""
    value = text(name, default)
    if len(value) < 32:
        raise ConfigurationError(name, "is shorter than 32 characters")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder for the site's own files; made when it is missing."""
    path = Path(text(name, str(default)))
    path.mkdir(parents=True, exist_ok=True)
    return path

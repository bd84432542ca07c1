"""The only reader of the environment names the variable that is wrong."""

from pathlib import Path

import pytest

from config import env
from config.env import ConfigurationError

NAME = "OBSTINATE_TEST"


@pytest.fixture
def variable(monkeypatch):
    """Sets the variable; with None, unsets it."""

    def set_variable(value: str | None) -> str:
        if value is None:
            monkeypatch.delenv(NAME, raising=False)
        else:
            monkeypatch.setenv(NAME, value)
        return NAME

    return set_variable


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("read", [env.text, env.words, env.base_url, env.database])
def test_a_missing_variable_stops_the_start_by_name(variable, read, value):
    with pytest.raises(ConfigurationError) as stop:
        read(variable(value))
    assert str(stop.value.code) == f"obstinate: environment variable {NAME} is missing"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda name: env.boolean(name, default=True), "maybe"),
        (lambda name: env.whole_number(name, default=0), "-1"),
        (lambda name: env.whole_number(name, default=0), "two"),
        (lambda name: env.whole_number(name, default=0), ""),
        (env.base_url, "example.org"),
        (env.base_url, "ftp://example.org"),
        (env.base_url, "https://"),
        (env.base_url, "https://example.org/path"),
        (env.base_url, "https://example.org?x=1"),
        (env.base_url, "https://example.org:port"),
        (env.base_url, "http://["),
        (env.database, "nonsense"),
        (env.database, "oracle9://host/name"),
        (env.database, "postgresql://host:port/name"),
        (lambda name: env.cache(name, ""), "memcached://host"),
        (lambda name: env.cache(name, ""), "nonsense"),
    ],
)
def test_a_malformed_variable_stops_the_start_by_name_in_one_line(variable, read, value):
    with pytest.raises(ConfigurationError) as stop:
        read(variable(value))
    message = str(stop.value.code)
    assert message.startswith(f"obstinate: environment variable {NAME} is ")
    assert "\n" not in message


def test_a_malformed_database_url_does_not_print_its_password(variable):
    with pytest.raises(ConfigurationError) as stop:
        env.database(variable("postgresql://user:s3cret@host:port/name"))
    assert "s3cret" not in str(stop.value.code)


def test_the_configuration_error_ends_the_process_without_a_traceback():
    assert issubclass(ConfigurationError, SystemExit)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1", True),
        ("Yes", True),
        (" on ", True),
        ("0", False),
        ("no", False),
        ("", False),
        (None, True),
    ],
)
def test_a_yes_or_no(variable, value, read):
    assert env.boolean(variable(value), default=True) is read


def test_words_are_trimmed_and_blanks_dropped(variable):
    assert env.words(variable(" a.org, ,b.org ,")) == ["a.org", "b.org"]
    assert env.words(variable(None), "x,y") == ["x", "y"]


def test_a_base_url_loses_its_slash(variable):
    assert env.base_url(variable("https://example.org/")) == "https://example.org"
    assert env.base_url(variable("http://localhost:8000")) == "http://localhost:8000"


def test_sqlite_is_opened_so_that_nothing_is_lost(variable):
    options = env.database(variable("sqlite:////tmp/x.sqlite3"))["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


def test_postgresql_keeps_its_connections_and_gives_up_on_those_that_hang(variable):
    settings = env.database(variable("postgresql://u:p@host/name?sslmode=require"))
    assert (settings["CONN_MAX_AGE"], settings["CONN_HEALTH_CHECKS"]) == (60, True)
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["connect_timeout"] == 5
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert name in settings["OPTIONS"]["options"]


@pytest.mark.parametrize(
    ("value", "backend", "location"),
    [
        ("locmem://", "LocMemCache", None),
        ("file:///srv/cache", "FileBasedCache", "/srv/cache"),
        ("redis://host:6379/1", "SharedCache", "redis://host:6379/1"),
        ("rediss://host:6379/1", "SharedCache", "rediss://host:6379/1"),
    ],
)
def test_a_cache_by_its_url(variable, value, backend, location):
    settings = env.cache(variable(value), "")
    assert settings["BACKEND"].endswith(f".{backend}")
    assert settings.get("LOCATION") == location


def test_every_anymail_variable_is_passed_through(monkeypatch):
    monkeypatch.setenv("ANYMAIL_MAILGUN_API_KEY", "key")
    monkeypatch.setenv("ANYMAIL_MAILGUN_API_URL", "http://localhost:9")
    monkeypatch.setenv("ANYMAIL_EMPTY", "")
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", "a:b")
    settings = env.anymail()
    assert settings["MAILGUN_API_KEY"] == "key"
    assert settings["MAILGUN_API_URL"] == "http://localhost:9"
    assert settings["WEBHOOK_SECRET"] == "a:b"
    assert "EMPTY" not in settings
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", "a:b, c:d")
    assert env.anymail()["WEBHOOK_SECRET"] == ["a:b", "c:d"]


def test_a_folder_is_made_when_it_is_missing(variable, tmp_path):
    wanted = tmp_path / "deep" / "er"
    assert env.folder(variable(str(wanted)), Path("/nowhere")) == wanted
    assert wanted.is_dir()

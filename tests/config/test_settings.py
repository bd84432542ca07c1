"""The profiles as processes: what production asks for, and what the database is opened with."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "a-key-of-fifty-characters-and-more-0123456789-ABCDEFGHIJ",
    "MAILBOX_KEY": "another-key-of-thirty-two-characters-or-more-012345",
    "PERSONAL_DATA_KEYS": base64.urlsafe_b64encode(b"0123456789abcdef0123456789ABCDEF").decode(),
    "CACHE_URL": "redis://cache.example.org:6379/1",
    "TRUSTED_PROXY_COUNT": "1",
    "ALLOWED_HOSTS": "obstinate.example.org",
    "BASE_URL": "https://obstinate.example.org",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend",
    "DEFAULT_FROM_EMAIL": "hello@obstinate.example.org",
    "ANYMAIL_MAILGUN_API_KEY": "key",
    "ANYMAIL_WEBHOOK_SECRET": "post:office",
}
REQUIRED = [
    "SECRET_KEY",
    "MAILBOX_KEY",
    "PERSONAL_DATA_KEYS",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "DATABASE_URL",
    "EMAIL_BACKEND",
    "DEFAULT_FROM_EMAIL",
    "TRUSTED_PROXY_COUNT",
]


def run(
    environment: dict[str, str], tmp_path: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments, in an environment that holds nothing else."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "site:.",
            "VAR_DIR": str(tmp_path / "var"),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


START = "from django.conf import settings; settings.DEBUG; print('started')"


def test_production_starts_with_everything_it_asks_for(tmp_path):
    done = run(PRODUCTION, tmp_path, "-c", START)
    assert (done.returncode, done.stdout.strip()) == (0, "started"), done.stderr


@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
@pytest.mark.parametrize("name", REQUIRED)
def test_production_refuses_to_start_and_names_what_is_missing(tmp_path, name, value):
    environment = {key: words for key, words in PRODUCTION.items() if key != name}
    if value is not None:
        environment[name] = value
    done = run(environment, tmp_path, "-c", START)
    assert done.returncode != 0
    [line] = done.stderr.strip().splitlines()
    assert line.startswith(f"obstinate: environment variable {name} is ")
    assert done.stdout == ""


def test_a_command_says_the_same_in_one_line(tmp_path):
    environment = {key: words for key, words in PRODUCTION.items() if key != "SECRET_KEY"}
    done = run(environment, tmp_path, "manage.py", "check")
    assert done.returncode != 0
    assert done.stderr.strip() == "obstinate: environment variable SECRET_KEY is missing"


def test_production_is_closed_where_the_site_is_on_https(tmp_path):
    done = run(
        PRODUCTION,
        tmp_path,
        "-c",
        "from django.conf import settings as s;"
        "print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_PROXY_SSL_HEADER,"
        " s.SERVE_MEDIA, s.CONTENT_SECURITY_POLICY['DIRECTIVES']['upgrade-insecure-requests'])",
    )
    assert done.stdout.split(" ", 5)[:5] == ["False", "True", "True", "True", "True"], done.stderr
    assert done.stdout.strip().endswith("('HTTP_X_FORWARDED_PROTO', 'https') False True")


def test_without_a_proxy_nobody_is_believed_about_https(tmp_path):
    done = run(
        {**PRODUCTION, "TRUSTED_PROXY_COUNT": "0"},
        tmp_path,
        "-c",
        "from django.conf import settings as s; print(s.SECURE_PROXY_SSL_HEADER)",
    )
    assert done.stdout.strip() == "None", done.stderr


def test_the_deployment_check_is_silent_about_a_good_production(tmp_path):
    done = run(
        PRODUCTION,
        tmp_path,
        "-c",
        "import django; django.setup();"
        "from django.core.checks import run_checks;"
        "found = run_checks(include_deployment_checks=True);"
        "print([p.id for p in found if p.level >= 30 and p.id != 'security.W021'])",
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_sqlite_waits_for_the_disk_and_for_other_writers(tmp_path):
    done = run(
        {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}",
        },
        tmp_path,
        "-c",
        "import django; django.setup();"
        "from django.db import connection;"
        "c = connection.cursor();"
        "print([c.execute(f'PRAGMA {n}').fetchone()[0]"
        " for n in ('journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys')],"
        " connection.transaction_mode)",
    )
    assert done.stdout.strip() == "['wal', 2, 20000, 1] IMMEDIATE", done.stderr


def test_the_database_of_the_tests_is_opened_like_the_real_one(own_database):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, value in (("journal_mode", "wal"), ("synchronous", 2)):
                cursor.execute(f"PRAGMA {name}")
                assert cursor.fetchone()[0] == value
        else:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone()[0] == "2s"


def test_a_request_is_not_a_transaction():
    """With IMMEDIATE, each transaction takes the one write lock: a GET must not."""
    assert django_settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


def test_broker_messages_are_json_and_nobody_waits_for_results():
    from celery import current_app

    assert current_app.conf.task_serializer == "json"
    assert list(current_app.conf.accept_content) == ["json"]
    assert current_app.conf.task_ignore_result
    assert current_app.conf.task_acks_late
    assert current_app.conf.task_reject_on_worker_lost


def test_no_service_of_wagtail_calls_home():
    assert django_settings.WAGTAIL_GRAVATAR_PROVIDER_URL is None
    assert django_settings.WAGTAIL_ENABLE_UPDATE_CHECK is False
    assert django_settings.WAGTAIL_ENABLE_WHATS_NEW_BANNER is False
    assert django_settings.WAGTAILEMBEDS_FINDERS == []
    assert "svg" not in django_settings.WAGTAILIMAGES_EXTENSIONS

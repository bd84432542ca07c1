"""What a deployer gets wrong is found by `check --deploy`, before a reader finds it."""

import pytest
from django.core.checks import run_checks

GOOD = {
    "SECRET_KEY": "a-key-of-fifty-characters-and-more-0123456789-ABCDEFGHIJ",
    "BASE_URL": "https://obstinate.example.org",
    "ALLOWED_HOSTS": ["obstinate.example.org"],
    "TRUSTED_PROXY_COUNT": 1,
    "CACHES": {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": "/var/cache/obstinate",
        }
    },
}
LOCAL_MEMORY = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def problems(settings, **changes) -> set[str]:
    for name, value in {**GOOD, **changes}.items():
        setattr(settings, name, value)
    found = run_checks(include_deployment_checks=True, tags=["security", "caches"])
    return {problem.id for problem in found if problem.id.startswith("home.")}


def test_a_good_deployment_is_left_in_peace(settings):
    assert problems(settings) == set()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"SECRET_KEY": "short"}, "home.E101"),
        ({"SECRET_KEY": "s" * 60}, "home.E101"),
        ({"SECRET_KEY": "insecure" + GOOD["SECRET_KEY"]}, "home.E101"),
        ({"BASE_URL": "http://obstinate.example.org"}, "home.E102"),
        ({"BASE_URL": "https://another.example.org"}, "home.E103"),
        ({"ALLOWED_HOSTS": []}, "home.E103"),
        ({"TRUSTED_PROXY_COUNT": 0}, "home.E104"),
        ({"CACHES": LOCAL_MEMORY}, "home.E105"),
    ],
)
def test_a_mistake_is_named(settings, changes, problem):
    assert problem in problems(settings, **changes)

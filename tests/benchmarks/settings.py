"""The site as it ships, plus the bare views that it is compared with."""

# ruff: noqa: F403, F405  (settings build on settings by star)
from config.settings.dev import *

from . import NAMESPACE

DEBUG = False
# The generator says which client each of its presses comes from.
TRUSTED_PROXY_COUNT = 1
ROOT_URLCONF = "tests.benchmarks.bare_urls"
CACHES["default"]["KEY_PREFIX"] = NAMESPACE
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{NAMESPACE}:"

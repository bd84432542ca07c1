"""The site as it ships, plus the bare views that it is compared with.

Pages are rendered for each request, except where `storm` switches the page cache on.
"""

# ruff: noqa: F403, F405  (settings build on settings by star)
from config import env
from config.settings.dev import *

from . import NAMESPACE

DEBUG = False
# The generator says which client each of its presses comes from.
TRUSTED_PROXY_COUNT = 1
ROOT_URLCONF = "tests.benchmarks.bare_urls"
PAGE_CACHE_SECONDS = env.whole_number("PAGE_CACHE_SECONDS", default=0)
if env.boolean("BENCH_COUNTS_RENDERS", default=False):
    behind_cache = MIDDLEWARE.index("config.page_cache.PageCacheMiddleware") + 1
    MIDDLEWARE.insert(behind_cache, "tests.benchmarks.renders.RenderCounter")
MIDDLEWARE.insert(0, "tests.benchmarks.known.KnownDevices")
CACHES["default"]["KEY_PREFIX"] = NAMESPACE
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{NAMESPACE}:"

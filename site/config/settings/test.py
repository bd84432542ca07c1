"""The test suite: SQLite in memory unless the environment names services."""

from config import env

from .base import *

SECRET_KEY = "only-for-tests-0123456789-0123456789-0123456789-0123456789"  # noqa: S105
MAILBOX_KEY = "only-for-tests-9876543210-9876543210"
PERSONAL_DATA_KEYS = ["b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OS0wMTIzNDU="]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
SERVE_MEDIA = True
MEDIA_ROOT = VAR / "test-media"
STATIC_ROOT = VAR / "test-static"
STATIC_ROOT.mkdir(exist_ok=True)
CACHES["default"] = env.cache("CACHE_URL", "locmem://")
# A test sees what it has just changed; those about the cache switch it on.
PAGE_CACHE_SECONDS = 0
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "memory://")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests change facts and act on them in the same moment.
MEMORY_SECONDS = 0

"""Production: nothing has a default that could be wrong in silence."""

from config import env

from .base import *

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "")
MAILBOX_KEY = env.secret("MAILBOX_KEY")
PERSONAL_DATA_KEYS = env.encryption_keys("PERSONAL_DATA_KEYS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
BASE_URL = WAGTAILADMIN_BASE_URL = env.base_url("BASE_URL")
DATABASES = {"default": env.database("DATABASE_URL")}
EMAIL_BACKEND = env.text("EMAIL_BACKEND")
if EMAIL_BACKEND == LOCAL_INBOX_BACKEND:
    # It would show every address and every link to whoever asks.
    raise env.ConfigurationError("EMAIL_BACKEND", "names the local inbox, which is for development")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
TRUSTED_PROXY_COUNT = env.whole_number("TRUSTED_PROXY_COUNT")
SERVE_MEDIA = False

if BASE_URL.startswith("https://"):
    if TRUSTED_PROXY_COUNT:
        # Without a proxy that says so, every request would look like plain HTTP, for ever.
        SECURE_SSL_REDIRECT = True
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True

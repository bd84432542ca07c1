"""Production: nothing has a default that could be wrong in silence."""

from config import env

from .base import *

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
BASE_URL = WAGTAILADMIN_BASE_URL = env.base_url("BASE_URL")
DATABASES = {"default": env.database("DATABASE_URL")}
EMAIL_BACKEND = env.text("EMAIL_BACKEND")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
TRUSTED_PROXY_COUNT = env.whole_number("TRUSTED_PROXY_COUNT")
SERVE_MEDIA = False

if BASE_URL.startswith("https://"):
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True

"""`make run`: everything in `var/`, nothing leaves the machine."""

from config import env

from .base import *

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.text(
    "SECRET_KEY", "insecure-and-public-because-it-is-for-development-only-0000000"
)
MAILBOX_KEY = env.secret("MAILBOX_KEY", "insecure-and-public-because-it-is-for-development-only-1")
PERSONAL_DATA_KEYS = env.encryption_keys(
    "PERSONAL_DATA_KEYS", "aW5zZWN1cmUtYW5kLXB1YmxpYy1mb3ItZGV2LW9ubHk="
)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
EMAIL_BACKEND = env.text("EMAIL_BACKEND", LOCAL_INBOX_BACKEND)
SERVE_MEDIA = True

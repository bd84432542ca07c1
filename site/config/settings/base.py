"""What all profiles share. The environment is read through `config.env` alone."""

from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from celery.schedules import crontab
from csp.constants import NONE, SELF

from config import env

ROOT = Path(__file__).resolve().parents[3]
VAR = env.folder("VAR_DIR", ROOT / "var")

# Applications

INSTALLED_APPS = [
    "home.users",
    "home.media",
    "home",
    "campaigns.mailings",
    "campaigns.letters",
    "campaigns.petitions",
    "campaigns.cases",
    "campaigns.transfers",
    "campaigns.supporters",
    "campaigns.outbox",
    "wagtail_localize",
    "wagtail_localize.locales",  # In place of wagtail.locales.
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "anymail",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
]

MIDDLEWARE = [
    "config.middleware.HealthMiddleware",
    # Outside of what follows: what it keeps is finished and compressed, with all its headers.
    "config.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Public pages hold no secret that a compressed length could betray; Django masks its tokens.
    "django.middleware.gzip.GZipMiddleware",
    "config.middleware.PageHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    # Innermost: it reads the words before anybody compresses them.
    "home.concealment.ConcealmentMiddleware",
]

ROOT_URLCONF = "config.urls"
# Widgets and fields are rendered from `templates/`, like everything else.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context_processors.site_frame",
            ],
        },
    },
]

# Data

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR / 'obstinate.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": env.cache("CACHE_URL", f"file://{VAR / 'cache'}"),
    # Wagtail would write each rendition into the cache again for every page that shows it, and
    # could show one that has been taken down; the database answers in one query.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
# How long the site answers for a public page with what it rendered before; 0 renders always.
PAGE_CACHE_SECONDS = env.whole_number("PAGE_CACHE_SECONDS", default=5)
AUTH_USER_MODEL = "users.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Languages

LANGUAGE_CODE = "fr"
LANGUAGES = [
    ("fr", "Français"),
    ("nl", "Nederlands"),
    ("de", "Deutsch"),
    ("en", "English"),
]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
# "No French text, no French URL": an untranslated copy never goes live.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False

# Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "site" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640

# People: what protects their data lies outside the database (docs/data_protection.md).

# Files of imports and exports: never below MEDIA_ROOT, never served but by their views.
PRIVATE_ROOT = VAR / "private"
# What authorities answered: for five years, readable by the site's own user alone.
RESTRICTED_ROOT = env.folder("RESTRICTED_ROOT", VAR / "restricted")
# Who was erased or asked for silence: read again on start, in case the database is an old copy.
SUPPRESSION_LEDGER_DIR = env.folder("SUPPRESSION_LEDGER_DIR", VAR / "suppression-ledger")
# The most mails of all formulas together in thirty days, unless somebody wants fewer.
MOST_MAILS_A_MONTH = env.whole_number("MOST_MAILS_A_MONTH", default=8)

# Mail

DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Obstinate <hello@example.org>")
ANYMAIL = env.anymail()
EMAIL_TIMEOUT = 10
# For SMTP in place of a provider's API.
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole_number("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.boolean("EMAIL_USE_SSL", default=False)
# Of the account: mails a second, and mails on the first day of a new sender. 0: no limit of ours.
MAIL_RATE = env.whole_number("MAIL_RATE", default=0)
MAIL_WARM_UP = env.whole_number("MAIL_WARM_UP", default=0)
# How long a worker may be silent before others take it for dead. A call takes 20 at most.
MAILING_LEASE_SECONDS = env.whole_number("MAILING_LEASE_SECONDS", default=90)
# In which languages somebody reads instead, where a mailing is not in their own.
MAIL_FALLBACKS = {
    "fr": ["en", "nl"],
    "nl": ["en", "fr"],
    "de": ["en", "fr"],
    "en": ["fr", "nl"],
}
LOCAL_INBOX_BACKEND = "campaigns.outbox.backends.LocalInboxBackend"

# Celery: a doorbell. Its messages carry ids only, and losing all of them costs a minute.

BROKER_FOLDER = VAR / "broker"
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://localhost//")
if CELERY_BROKER_URL.startswith("filesystem"):
    for name in ("queue", "processed", "control"):
        (BROKER_FOLDER / name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_FOLDER / "queue"),
        "data_folder_out": str(BROKER_FOLDER / "queue"),
        "processed_folder": str(BROKER_FOLDER / "processed"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
elif CELERY_BROKER_URL.startswith("amqp"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
    CELERY_TASK_DEFAULT_QUEUE_TYPE = CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = "quorum"
    CELERY_WORKER_DETECT_QUORUM_QUEUES = True
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    }
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_ROUTES = {
    "campaigns.outbox.tasks.deliver": {"queue": "transactional"},
    "campaigns.mailings.tasks.work_on_mailings": {"queue": "bulk"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    # A tick that waited longer than its period has been overtaken by the next one.
    "sweep the outbox": {
        "task": "campaigns.outbox.tasks.sweep",
        "schedule": 30.0,
        "options": {"queue": "transactional", "expires": 25},
    },
    "follow what providers report": {
        "task": "campaigns.outbox.tasks.apply_delivery_events",
        "schedule": 60.0,
        "options": {"queue": "transactional", "expires": 55},
    },
    "work on mailings": {
        # More often than it takes: each tick keeps one more worker of the lane at work.
        "task": "campaigns.mailings.tasks.work_on_mailings",
        "schedule": 5.0,
        "options": {"queue": "bulk", "expires": 5},
    },
    "audit mailings": {
        "task": "campaigns.mailings.tasks.audit_mailings",
        "schedule": crontab(hour=4, minute=35),
        "options": {"queue": "maintenance", "expires": 12 * 3600},
    },
    "forget what was counted": {
        "task": "campaigns.outbox.tasks.forget_counts",
        "schedule": 3600.0,
        "options": {"queue": "maintenance", "expires": 3000},
    },
    "publish what is scheduled": {
        "task": "home.tasks.publish_scheduled_pages",
        "schedule": 60.0,
        "options": {"queue": "maintenance", "expires": 55},
    },
    "follow deadlines": {
        "task": "campaigns.letters.tasks.follow_deadlines",
        "schedule": 30.0,
        "options": {"queue": "maintenance", "expires": 25},
    },
    "follow the calendar of consents": {
        "task": "campaigns.cases.tasks.follow_calendar",
        "schedule": 30.0,
        "options": {"queue": "maintenance", "expires": 25},
    },
    "follow what may be shown": {
        "task": "home.tasks.follow_cases",
        "schedule": 30.0,
        "options": {"queue": "maintenance", "expires": 25},
    },
    "remind once who has not confirmed": {
        "task": "campaigns.supporters.tasks.remind_unconfirmed",
        "schedule": 24 * 3600.0,
        "options": {"queue": "maintenance", "expires": 12 * 3600},
    },
    "go on with imports": {
        "task": "campaigns.transfers.tasks.work_on_imports",
        "schedule": 30.0,
        "options": {"queue": "maintenance", "expires": 25},
    },
    "write exports": {
        "task": "campaigns.transfers.tasks.write_exports",
        "schedule": 30.0,
        "options": {"queue": "maintenance", "expires": 25},
    },
    "delete imports and exports of a day ago": {
        "task": "campaigns.transfers.tasks.delete_old_transfers",
        "schedule": 600.0,
        "options": {"queue": "maintenance", "expires": 550},
    },
    "forget what has been kept long enough": {
        "task": "campaigns.supporters.tasks.forget_nightly",
        "schedule": crontab(hour=3, minute=40),
        "options": {"queue": "maintenance", "expires": 12 * 3600},
    },
    "delete files that no reply names": {
        "task": "campaigns.letters.tasks.delete_orphaned_files",
        "schedule": crontab(hour=4, minute=5),
        "options": {"queue": "maintenance", "expires": 12 * 3600},
    },
    "recount signatures": {
        "task": "campaigns.petitions.tasks.recount",
        "schedule": crontab(hour=4, minute=20),
        "options": {"queue": "maintenance", "expires": 12 * 3600},
    },
    "forget where signatures came from": {
        "task": "campaigns.petitions.tasks.forget_networks",
        "schedule": crontab(hour=4, minute=50),
        "options": {"queue": "maintenance", "expires": 12 * 3600},
    },
    "tally signatures": {
        "task": "campaigns.petitions.tasks.tally",
        "schedule": 10.0,
        "options": {"queue": "maintenance", "expires": 9},
    },
}

# The public web

# How long a process remembers what it has just read of a petition (`campaigns.memory`).
MEMORY_SECONDS = 1
BASE_URL = env.base_url("BASE_URL", "http://localhost:8000")
TRUSTED_PROXY_COUNT = env.whole_number("TRUSTED_PROXY_COUNT", default=0)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
PASSWORD_RESET_TIMEOUT = 3600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Long pages in the editor.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],  # Wagtail's editor needs inline styles and scripts.
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Wagtail

WAGTAIL_SITE_NAME = env.text("ORGANISATION_NAME", "Obstinate")
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
# Names in addresses have to be found in them.
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# With wagtail-localize, autosave floods the history and warns of conflicts that are none.
WAGTAIL_AUTOSAVE_INTERVAL = 0
WAGTAILIMAGES_IMAGE_MODEL = "media.CustomImage"
# Here and not in the templates: what is spelt there becomes part of each file's name.
WAGTAILIMAGES_JPEG_QUALITY = 65
WAGTAILIMAGES_WEBP_QUALITY = 55
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 20_000_000
WAGTAILDOCS_DOCUMENT_MODEL = "media.CustomDocument"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "png", "jpg"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# Shared passwords are stored in clear.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "ol", "ul", "link", "document-link"]},
    },
}
# Browsers do not know the zone of that name.
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime"})
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES

# Logs: no person in them (`config.redaction`).

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.redaction.RedactingFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
    },
}

# Who is asked to count a signature, and who writes: the same words on pages, in mails and in the
# consents that are kept.
ORGANISATION_NAME = env.text("ORGANISATION_NAME", "Obstinate")

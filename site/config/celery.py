"""The Celery application. The broker is a doorbell: what it loses, the sweepers find."""

import os

from celery import Celery

from .filesystem_broker import use_atomic_filesystem_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

use_atomic_filesystem_broker()
app = Celery("obstinate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

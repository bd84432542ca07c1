"""The Celery application. The broker is a doorbell: what it loses, the sweepers find."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("obstinate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

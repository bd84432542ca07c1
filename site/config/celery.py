"""The Celery application. The broker is a doorbell: what it loses, the sweepers find."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from .filesystem_broker import use_atomic_filesystem_broker
from .redis_broker import use_patient_redis_broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

use_atomic_filesystem_broker()
use_patient_redis_broker()
app = Celery("obstinate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def know_who_asked_for_silence(**_signal: Any) -> None:
    """Before the first mail: the database may be an old copy, in which the erased still live."""
    from campaigns.outbox.suppression_ledger import replay_on_start

    replay_on_start()

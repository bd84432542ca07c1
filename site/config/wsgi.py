"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
# A reader does not wait longer; workers and migrations may.
os.environ.setdefault("STATEMENT_SECONDS", "5")

application = get_wsgi_application()

from campaigns.outbox.suppression_ledger import replay_on_start  # noqa: E402  (Apps are ready.)

# Before the first request: the database may be an old copy, in which the erased still live.
replay_on_start()

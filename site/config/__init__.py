"""Settings, URLs and the Celery application of the site."""

from .celery import app as celery_app

__all__ = ["celery_app"]

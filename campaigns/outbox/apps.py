from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "campaigns.outbox"
    label = "outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        from . import checks, receivers  # noqa: F401  (connected by importing)
        from .personal_data import declare_models

        declare_models()

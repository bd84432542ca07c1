from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "campaigns.outbox"
    label = "outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        from . import checks, receivers, services, suppression_ledger  # noqa: F401
        from .personal_data import declare_models

        declare_models()
        suppression_ledger.register("suppressed", services.suppress_again)
        suppression_ledger.register("lifted", services.lift_again)

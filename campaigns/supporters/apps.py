from django.apps import AppConfig


class SupportersConfig(AppConfig):
    name = "campaigns.supporters"
    label = "supporters"
    verbose_name = "Supporters"

    def ready(self) -> None:
        from campaigns.outbox import kinds

        from . import mails, receivers  # noqa: F401
        from .personal_data import declare_models
        from .services.replaying import register_handlers

        for kind in mails.KINDS:
            kinds.register(kind)
        declare_models()
        register_handlers()

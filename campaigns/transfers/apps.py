from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "campaigns.transfers"
    label = "transfers"
    verbose_name = "Imports and exports"

    def ready(self) -> None:
        from campaigns.supporters.signals import supporter_erased

        from . import sources
        from .contents import SUPPORTERS
        from .personal_data import declare_models
        from .receivers import delete_exports

        supporter_erased.connect(delete_exports)
        declare_models()
        sources.register(SUPPORTERS)

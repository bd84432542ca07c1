from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "campaigns.transfers"
    label = "transfers"
    verbose_name = "Imports and exports"

    def ready(self) -> None:
        from .personal_data import declare_models

        declare_models()

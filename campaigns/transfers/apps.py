from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "campaigns.transfers"
    label = "transfers"
    verbose_name = "Imports and exports"

from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "campaigns.petitions"
    label = "petitions"
    verbose_name = "Petitions"

    def ready(self) -> None:
        from campaigns.cases.signals import exposure_changed
        from campaigns.outbox import kinds

        from . import mails
        from .personal_data import declare_models
        from .receivers import keep_names_out_of_addresses

        exposure_changed.connect(keep_names_out_of_addresses)

        for kind in mails.KINDS:
            kinds.register(kind)
        declare_models()

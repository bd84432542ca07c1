from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "campaigns.petitions"
    label = "petitions"
    verbose_name = "Petitions"

    def ready(self) -> None:
        from campaigns.outbox import kinds

        from . import mails

        for kind in mails.KINDS:
            kinds.register(kind)

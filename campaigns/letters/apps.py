from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "campaigns.letters"
    label = "letters"
    verbose_name = "Letters"

    def ready(self) -> None:
        from campaigns.cases.signals import acting_ended, exposure_changed

        from .receivers import end_actions, forget_words

        acting_ended.connect(end_actions)
        exposure_changed.connect(forget_words)

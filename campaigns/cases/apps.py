from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "campaigns.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from .choices import register_choices
        from .receivers import follow_exposure
        from .signals import exposure_changed

        exposure_changed.connect(follow_exposure)
        register_choices()

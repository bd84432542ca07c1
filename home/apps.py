from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = "Site"

    def ready(self) -> None:
        from . import checks, deployment_checks  # noqa: F401  (registered by importing)

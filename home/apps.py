from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = "Site"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from campaigns.cases.signals import exposure_changed, removal_asked

        from . import checks, deployment_checks  # noqa: F401  (registered by importing)
        from .personal_data import declare_models
        from .receivers import follow_exposure, follow_publication, name_pages_to_rewrite

        declare_models()
        exposure_changed.connect(follow_exposure)
        removal_asked.connect(name_pages_to_rewrite)
        page_published.connect(follow_publication)

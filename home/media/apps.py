from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "home.media"
    label = "media"
    verbose_name = "Pictures and documents"

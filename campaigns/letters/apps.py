from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "campaigns.letters"
    label = "letters"
    verbose_name = "Letters"

    def ready(self) -> None:
        from campaigns.cases.signals import acting_ended, exposure_changed
        from campaigns.supporters import own_page, staff

        from .own_page import SECTION
        from .personal_data import declare_models
        from .personal_data_of_replies import declare_replies
        from .receivers import end_actions, forget_words
        from .staff import MERGE, TIMELINE

        acting_ended.connect(end_actions)
        exposure_changed.connect(forget_words)
        declare_models()
        declare_replies()
        own_page.register(SECTION)
        staff.register_timeline(TIMELINE)
        staff.register_merge(MERGE)

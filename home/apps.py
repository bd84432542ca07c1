from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = "Site"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save
        from wagtail.models import Page, PageViewRestriction
        from wagtail.signals import page_published, page_unpublished, post_page_move

        from campaigns.cases.signals import exposure_changed, removal_asked
        from campaigns.mailings.words import provide_words as provide_mails
        from campaigns.petitions.marathon import provide_words
        from campaigns.petitions.sharing import register_short_addresses
        from campaigns.petitions.stories import register_stories

        from . import checks, deployment_checks  # noqa: F401  (registered by importing)
        from .mails import PAGES_AS_MAILS
        from .marathons import words_of_edition
        from .personal_data import declare_models
        from .receivers import (
            follow_exposure,
            follow_publication,
            forget_kept_pages,
            name_pages_to_rewrite,
        )
        from .short_addresses import leads_to_petition
        from .stories import story_of

        declare_models()
        provide_words(words_of_edition)
        provide_mails(PAGES_AS_MAILS)
        register_short_addresses(leads_to_petition)
        register_stories(story_of)
        exposure_changed.connect(follow_exposure)
        removal_asked.connect(name_pages_to_rewrite)
        page_published.connect(follow_publication)
        # Last, so that what the others do after the commit is done before.
        for signal in (page_published, page_unpublished, post_page_move, exposure_changed):
            signal.connect(forget_kept_pages)
        post_delete.connect(forget_kept_pages, sender=Page)
        for signal in (post_save, post_delete):
            signal.connect(forget_kept_pages, sender=PageViewRestriction)

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PageChooserPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="cog")
class OrganisationSettings(BaseGenericSetting):
    """Who publishes this site: facts for the footer, and the pages that it links to.

    The name is not here: mails and consents bear it too (`settings.ORGANISATION_NAME`).
    """

    number = models.CharField(
        _("organisation number"), max_length=40, blank=True, help_text=_("As registered.")
    )
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    email = models.EmailField(_("public e-mail address"), blank=True)
    publisher = models.CharField(
        _("responsible publisher"),
        max_length=120,
        blank=True,
        help_text=_("Printed on posters and leaflets, as Belgian law asks."),
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("privacy charter"),
    )
    credits_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("credits"),
    )
    about_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about us"),
    )

    # The footer stands on every page; its links come with one query.
    select_related = ["about_page", "privacy_page", "credits_page"]

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("number"),
                FieldPanel("address"),
                FieldPanel("email"),
                FieldPanel("publisher"),
            ],
            heading=_("Organisation"),
        ),
        MultiFieldPanel(
            [
                PageChooserPanel("about_page", "home.StandardPage"),
                PageChooserPanel("privacy_page", "home.StandardPage"),
                PageChooserPanel("credits_page", "home.StandardPage"),
            ],
            heading=_("Pages linked in the footer"),
        ),
    ]

    class Meta:
        verbose_name = _("organisation")

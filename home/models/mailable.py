from datetime import datetime
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from campaigns.mailings.words import MailFacts

LONGEST_PREHEADER = 140


class Mailable(models.Model):
    """A page that can be sent as a mail, in its language. Stands before `BasePage`.

    Its template is `email/mailings/<mail_kind>`, as MJML and as text.
    """

    mail_kind: str

    mail_subject = models.CharField(
        _("subject of the mail"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Empty: the title. {first_name} stands for the reader’s first name."),
    )
    mail_preheader = models.CharField(
        _("preview text of the mail"),
        max_length=LONGEST_PREHEADER,
        blank=True,
        default="",
        help_text=_("Stands beside the subject in the inbox. Empty: the introduction."),
    )

    mail_panel = MultiFieldPanel(
        [FieldPanel("mail_subject"), FieldPanel("mail_preheader")], heading=_("Mail")
    )

    class Meta:
        abstract = True

    def mail_facts(self, *, now: datetime) -> MailFacts:
        """What the mail is about: the same in all languages."""
        raise NotImplementedError

    @property
    def mail_source(self) -> str:
        """The source code of what is done through the mail; the same in all languages."""
        raise NotImplementedError

    def mail_context(self, *, now: datetime) -> dict[str, Any]:
        """What the template needs besides the page. In the active language."""
        return {}

    def subject_now(self, *, now: datetime) -> str:
        """The subject of a mail that is prepared at that moment."""
        return self.mail_subject or self.title  # type: ignore[attr-defined]

    def preheader_now(self, *, now: datetime) -> str:
        """The words beside the subject; longer ones are cut by whoever asks."""
        return self.mail_preheader or self.introduction  # type: ignore[attr-defined]

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [
            *super().preview_modes,  # type: ignore[misc]
            ("mail", _("Mail")),
            ("mail-dark", _("Mail, dark")),
            ("mail-narrow", _("Mail on a telephone")),
            ("mail-text", _("Mail as plain text")),
        ]

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """The page, or the mail as a sample reader gets it."""
        if not mode_name.startswith("mail"):
            return super().serve_preview(request, mode_name)  # type: ignore[misc]
        from home.mail_previews import preview  # Mails know page types, and they know theirs.

        response: HttpResponse = preview(self, mode_name)
        response._csp_exempt = True  # type: ignore[attr-defined]  # Mails bear their own styles.
        return response

"""Registrations in Wagtail's admin; no logic."""

from typing import Any

from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry

from campaigns.cases.choosers import case_chooser_viewset
from campaigns.petitions.choosers import petition_chooser_viewset

from . import reports
from .mailing_links import new_mailing_url
from .media.models import CustomDocument
from .rich_text import ReadableDocumentLinkHandler, ReadablePageLinkHandler
from .viewsets import CampaignsGroup, MailingsGroup, SupportersGroup


@hooks.register("register_admin_viewset")
def register_petition_chooser() -> object:
    return petition_chooser_viewset


@hooks.register("register_admin_viewset")
def register_case_chooser() -> object:
    return case_chooser_viewset


@hooks.register("register_admin_viewset")
def register_campaigns() -> object:
    return CampaignsGroup()


@hooks.register("register_admin_viewset")
def register_mailings() -> object:
    return MailingsGroup()


@hooks.register("register_admin_viewset")
def register_supporters() -> object:
    return SupportersGroup()


@hooks.register("register_rich_text_features", order=1)  # After Wagtail's, which they replace.
def register_link_handlers(features: FeatureRegistry) -> None:
    features.register_link_type(ReadablePageLinkHandler)
    features.register_link_type(ReadableDocumentLinkHandler)


@hooks.register("before_serve_document")
def keep_documents_of_hidden_cases(document: CustomDocument, request: HttpRequest) -> None:
    """A document goes with its case, whoever has kept its address."""
    if not document.may_be_shown():
        raise Http404("Not to be shown.")


TRANSITIONS = {
    "cases.accept": _("Consent accepted"),
    "cases.activate": _("Made active"),
    "cases.rest": _("Put to rest"),
    "cases.close": _("Closed"),
    "cases.reopen": _("Opened again"),
    "cases.hide": _("Taken down"),
    "cases.show": _("Shown again"),
    "cases.remove": _("Removed for ever"),
    "cases.embargo": _("Embargo changed"),
    "cases.record_event": _("Event recorded"),
    "cases.show_event": _("Event shown"),
    "cases.hide_event": _("Event hidden"),
    "cases.give_consent": _("Consent recorded"),
    "cases.withdraw_consent": _("Consent withdrawn"),
    "cases.check_address": _("Address checked"),
    "cases.note_returned_mails": _("Mails noted as coming back"),
    "letters.draft": _("Issue drafted"),
    "letters.submit": _("Issue sent to review"),
    "letters.send_back": _("Issue sent back"),
    "letters.approve": _("Issue approved"),
    "letters.schedule": _("Issue scheduled"),
    "letters.not_opened": _("Issue not opened"),
    "letters.open": _("Issue opened"),
    "letters.supersede": _("Issue superseded"),
    "letters.cancel": _("Issue cancelled"),
    "letters.end": _("Issue ended"),
    "letters.stop": _("Stop action sent out"),
    "letters.outcome": _("Outcome recorded"),
    "letters.expire": _("Issue expired"),
    "letters.withdraw": _("Issue withdrawn"),
    "letters.set_deadline": _("Deadline changed"),
    "letters.open_reply": _("Reply opened"),
    "letters.take_reply_file": _("File of a reply saved"),
    "letters.read_reply": _("Reply read"),
    "letters.pass_on_reply": _("Reply passed on"),
    "letters.annotate_reply": _("Note on a reply written"),
    "supporters.viewed": _("Supporter's page looked at"),
    "supporters.note": _("Note written"),
    "supporters.correct": _("Name or language corrected"),
    "supporters.send_access_link": _("Link to the own page sent"),
    "supporters.end_subscription": _("Subscription ended"),
    "supporters.lift_suppression": _("Suppression lifted"),
    "supporters.merge": _("Joined with another entry"),
    "supporters.erase": _("Erased at the person's request"),
    "petitions.release": _("Held signatures released"),
    "petitions.recount": _("Wrong figures put right"),
    "petitions.count_invalidation": _("Signatures counted that may be invalid"),
    "petitions.invalidate": _("Signatures taken out of the count"),
    "petitions.reverse_invalidation": _("Signatures put back into the count"),
    "petitions.approve_message": _("Message approved"),
    "petitions.refuse_message": _("Message refused"),
    "mailings.submit": _("Mailing sent to review"),
    "mailings.send_back": _("Mailing sent back"),
    "mailings.approve": _("Mailing approved"),
    "mailings.schedule": _("Mailing scheduled"),
    "mailings.unschedule": _("Mailing taken off the schedule"),
    "mailings.stale": _("Mailing missed its time"),
    "mailings.prepare": _("Mailing prepared"),
    "mailings.pause": _("Mailing paused"),
    "mailings.resume": _("Mailing resumed"),
    "mailings.cancel": _("Mailing cancelled"),
    "mailings.test": _("Mailing tested"),
    "mailings.resend": _("Mailing sent again to those it failed to reach"),
    "mailings.resend_uncertain": _("Mailing sent again to those whose fate was uncertain"),
    "mailings.leave_uncertain": _("Uncertain mails left as they are"),
    "mailings.look": _("Recipients of a mailing looked at"),
}


@hooks.register("register_log_actions")
def name_transitions(actions: Any) -> None:
    """Each transition by its name in the histories of the admin."""
    for action, label in TRANSITIONS.items():
        actions.register_action(action, label, label)


@hooks.register("register_admin_urls")
def register_reports() -> list[URLPattern]:
    return reports.report_urls


def _show_report(number: int) -> None:
    @hooks.register("register_reports_menu_item")
    def register_report_item() -> Any:
        return reports.menu_items()[number]


for _number in range(len(reports.REPORTS)):
    _show_report(_number)


@hooks.register("register_page_header_buttons")
def send_as_mailing(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """From the page's editor to a mailing with its words."""
    url = new_mailing_url(page, user)
    if url and view_name == "edit":
        yield Button(_("Send as a mailing"), url=url, icon_name="mail", priority=55)


@hooks.register("insert_global_admin_css")
def style_workspaces() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/staff.css"))

"""What was mailed, what became of it, and who gets no mail."""

from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views import generic

from campaigns.ledgers import LedgerViewSet, register_ledgers

from .models import DeliveryEvent, OutgoingMessage, Suppression
from .selectors import events_of

register_ledgers(OutgoingMessage, DeliveryEvent, Suppression)


class OutgoingMessageInspectView(generic.InspectView):
    """The fate of one mail: why it did not leave, and what was reported after it had."""

    def get_reports_display_value(self) -> SafeString | str:
        lines = [
            (
                date_format(localtime(event.moment), "SHORT_DATETIME_FORMAT"),
                event.event_type,
                " ".join(filter(None, [event.reason, event.status_code])) or "–",
            )
            for event in events_of(self.object)
        ]
        return format_html_join("", "<div>{}: {} ({})</div>", lines) or "–"

    def get_field_label(self, field_name: str, field: object) -> str:
        if field_name == "reports":
            return str(_("What the provider reported"))
        return str(super().get_field_label(field_name, field))


class OutgoingMessageViewSet(LedgerViewSet):
    model = OutgoingMessage
    icon = "mail"
    menu_label = _("Outgoing mail")
    list_display = ["kind", "language", "state", "attempts", "created_at", "sent_at", "error"]
    list_filter = ["state", "kind", "language"]
    inspect_view_class = OutgoingMessageInspectView
    inspect_view_fields = [
        "kind",
        "language",
        "state",
        "attempts",
        "not_before",
        "created_at",
        "sent_at",
        "provider_message_id",
        "error",
        "reports",
    ]
    ordering = ["-created_at"]


outgoing_message_viewset = OutgoingMessageViewSet("outgoing_messages")


class SuppressionViewSet(LedgerViewSet):
    """Holds no address: the page of a supporter says why that person gets nothing."""

    model = Suppression
    icon = "no-view"
    menu_label = _("Suppressions")
    list_display = ["reason", "scope", "since", "lifted_at"]
    list_filter = ["reason", "scope"]
    inspect_view_fields = ["reason", "scope", "since", "lifted_at"]
    ordering = ["-since"]


suppression_viewset = SuppressionViewSet("suppressions")

"""What was mailed, and what became of it."""

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers import LedgerViewSet, register_ledgers

from .models import DeliveryEvent, OutgoingMessage

register_ledgers(OutgoingMessage, DeliveryEvent)


class OutgoingMessageViewSet(LedgerViewSet):
    model = OutgoingMessage
    icon = "mail"
    menu_label = _("Outgoing mail")
    list_display = ["kind", "language", "state", "attempts", "created_at", "sent_at", "error"]
    list_filter = ["state", "kind", "language"]
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
    ]
    ordering = ["-created_at"]


outgoing_message_viewset = OutgoingMessageViewSet("outgoing_messages")

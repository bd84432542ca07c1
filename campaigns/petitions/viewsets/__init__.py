"""Petitions in the admin."""

from .editions import EditionViewSet
from .embeds import embed_partner_viewset
from .invalidations import invalidation_viewset
from .messages import solidarity_message_viewset
from .petitions import petition_viewset
from .signatures import signature_viewset

__all__ = [
    "EditionViewSet",
    "embed_partner_viewset",
    "invalidation_viewset",
    "petition_viewset",
    "signature_viewset",
    "solidarity_message_viewset",
]

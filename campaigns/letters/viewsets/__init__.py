"""Letters in the admin."""

from .issues import UrgentActionIssueViewSet, UrgentActionViewSet
from .post import postage_rate_viewset, postal_suspension_viewset
from .replies import reply_viewset

__all__ = [
    "UrgentActionIssueViewSet",
    "UrgentActionViewSet",
    "postage_rate_viewset",
    "postal_suspension_viewset",
    "reply_viewset",
]

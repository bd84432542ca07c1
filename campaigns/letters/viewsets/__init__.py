"""Letters in the admin."""

from .issues import UrgentActionIssueViewSet, UrgentActionViewSet

__all__ = ["UrgentActionIssueViewSet", "UrgentActionViewSet"]

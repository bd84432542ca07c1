"""What is held about one person, found by the list of it (`campaigns.personal_data`)."""

from django.db.models import Model, QuerySet

from campaigns.personal_data import Holding, Subject

from ..models import Supporter


def subject_of(supporter: Supporter) -> Subject:
    """By what to look for somebody."""
    changes = supporter.address_changes.values_list("email", flat=True)
    spellings = {supporter.email, supporter.email_canonical, *changes}
    return Subject(
        supporter_id=supporter.pk,
        mailbox=supporter.mailbox,
        addresses=frozenset(spelling.lower() for spelling in spellings),
    )


def rows_about(holding: Holding, subject: Subject) -> QuerySet[Model]:
    """The rows of one model about that person."""
    return holding.model._default_manager.filter(holding.rows_of(subject))

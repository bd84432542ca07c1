"""What happens to a case, followed by its urgent actions."""

from datetime import datetime
from typing import Any

from campaigns.cases.models import Case

from . import services


def forget_words(sender: type[Case], *, case: Case, **_more: object) -> None:
    if case.state == Case.State.REMOVED:
        services.forget_words_of_case(case=case)


def end_actions(
    sender: type[Case], *, case: Case, was_hidden: bool, by: Any, now: datetime, **_more: object
) -> None:
    services.end_actions_of_case(case=case, was_hidden=was_hidden, by=by, now=now)

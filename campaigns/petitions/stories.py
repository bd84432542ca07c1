"""The page that tells what a petition is about. Pages stand above this app, and are registered."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from .models import Petition


@dataclass(frozen=True)
class Story:
    """`url` is a whole address; the words are those of that page, "" where it has none."""

    url: str
    demand: str = ""
    button: str = ""


# Whoever knows pages finds the story of a petition in a language, if it is written.
Find = Callable[[Petition, str], Story | None]
_finding: list[Find] = []


def register_stories(find: Find) -> None:
    """Let `find(petition, language)` say where a petition is written about."""
    _finding.append(find)


def story_of(petition: Petition, language: str) -> Story:
    """Where to read more in that language; failing all else, the page of the form itself."""
    for find in _finding:
        story = find(petition, language)
        if story is not None:
            return story
    with override(language):
        path = reverse("petitions:sign", args=[petition.reference])
    return Story(url=f"{settings.BASE_URL}{path}")

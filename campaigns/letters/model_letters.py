"""What model letters leave open: names and the number are filled in, the rest is for the writer.

Facts stand in braces and come from the case as it may be shown on that day. What each writer fills
in stands in square brackets.
"""

import re

from django.conf import settings
from django.utils import translation

from campaigns.cases.models import Case

IN_BRACES = re.compile(r"\{([^{}\n]*)\}")
# With what stands for them in the help that staff read.
FACTS = ("name", "short_name", "number")


def filled(text: str, *, case: Case, number: str, language: str) -> str:
    """`text` with the facts that it leaves open, as they may be shown today.

    Whoever may not be named is called what the site calls them, in the letter's language if the
    site speaks it.
    """
    if "{" not in text:
        return text
    ours = language if language in dict(settings.LANGUAGES) else None
    with translation.override(ours or translation.get_language()):
        facts = {"name": case.name, "short_name": case.short_name, "number": number}
    return IN_BRACES.sub(lambda found: facts.get(found[1], found[0]), text)


def unknown_facts(text: str) -> list[str]:
    """What stands in braces without being one of the facts, each once, as it stands there."""
    found = IN_BRACES.finditer(text)
    return list(dict.fromkeys(each[0] for each in found if each[1] not in FACTS))

"""Short texts of their own, made of facts: for a text message, a network, a phone call."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape, unescape

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from campaigns.cases.selectors import Address, WithheldNames, withheld_names

from ..composing import LONGEST_TEXT, Letter, one_line, plain
from ..desk import Desk, is_interface_language

LONGEST_SUBJECT = 200
LONGEST_DEMAND = 500
# The text may be as long as it gets, and has a greeting and a name besides.
LONGEST_LETTER = 2 * LONGEST_TEXT


@dataclass(frozen=True)
class Facts:
    """What a text is made of, in `language`. `page` is "" where nobody may mention us."""

    language: str
    name: str
    demands: tuple[str, ...] = ()
    page: str = ""
    # Where a letter goes that cannot go to its addressee.
    embassy: Address | None = None
    # In the language of the page: what to do while no post goes to the addressee.
    suspension: str = ""


def facts_of(desk: Desk, letter: Letter) -> Facts:
    """The facts of an action, in the letter's language, or the page's if we do not speak it."""
    language = letter.language if is_interface_language(letter.language) else desk.language
    demands = (demand.text.get(language, "") for demand in desk.issue.demands.all())
    with override(language):
        page = f"{settings.BASE_URL}{reverse('letters:write', args=[desk.code])}"
    withheld = withheld_names()
    return Facts(
        language=language,
        name=_concealed(desk.case.name, withheld),
        demands=tuple(
            one_line(_concealed(demand, withheld), longest=LONGEST_DEMAND)
            for demand in demands
            if demand.strip()
        ),
        page=page if desk.rules is None or desk.rules.may_mention_us else "",
        embassy=desk.embassy.address if desk.embassy else None,
    )


def without_withheld_names(letter: Letter) -> Letter:
    """The letter as it may leave in a link, where the net below the pages would not find a name."""
    withheld = withheld_names()
    fields = ("subject", "salutation", "body", "closing", "signature")
    return replace(
        letter, **{field: _concealed(getattr(letter, field), withheld) for field in fields}
    )


def _concealed(text: str, withheld: WithheldNames) -> str:
    # What stands in place of a name is escaped for HTML.
    return unescape(withheld.concealed(escape(text))) if withheld.patterns else text


def subject(letter: Letter, facts: Facts) -> str:
    """One line, and never none: a mail without a subject is taken for rubbish."""
    return one_line(letter.subject, longest=LONGEST_SUBJECT) or one_line(facts.name) or "…"


def body(letter: Letter) -> str:
    """The whole letter below its subject, in plain lines."""
    return plain(letter.text, longest=LONGEST_LETTER)


def text_message(facts: Facts) -> str:
    """One sentence and the demands; the name of whoever sends it comes after."""
    with override(facts.language):
        if not facts.demands:
            return gettext("I ask you to act for %(name)s.") % {"name": facts.name}
        first = gettext("I am writing to you about %(name)s. I ask you:") % {"name": facts.name}
    return f"{first} {'; '.join(facts.demands).rstrip('.')}."


def signed(text: str, letter: Letter) -> str:
    """A text message with name and town below, as far as they are said."""
    return "\n".join(filter(None, (text, ", ".join(letter.signature.splitlines()))))


def post(facts: Facts, handle: str, *, longest: int, length: Callable[[str], int]) -> str:
    """What everybody may read: to whom, for whom, the first demand as far as it fits, the page."""
    fitting = ""
    words = facts.demands[0].rstrip(".").split() if facts.demands else []
    with override(facts.language):
        frame = gettext("For %(name)s: I ask you %(demand)s")
    for kept in range(1, len(words) + 1):
        demand = " ".join(words[:kept]) + ("" if kept == len(words) else "…")
        sentence = frame % {"name": facts.name, "demand": demand}
        text = " ".join(filter(None, (handle, sentence, facts.page)))
        if length(text) > longest:
            break
        fitting = text
    if fitting:
        return fitting
    with override(facts.language):
        sentence = gettext("I ask you to act for %(name)s.") % {"name": facts.name}
    text = " ".join(filter(None, (handle, sentence, facts.page)))
    return text if length(text) <= longest else f"{handle} {facts.page}".strip()


def call(facts: Facts, letter: Letter) -> str:
    """What to say on the phone: who calls, what is asked, thanks."""
    caller = one_line(next(iter(letter.signature.splitlines()), ""))
    with override(facts.language):
        if caller:
            first = gettext("Good day, my name is %(caller)s. I am calling about %(name)s.") % {
                "caller": caller,
                "name": facts.name,
            }
        else:
            first = gettext("Good day. I am calling about %(name)s.") % {"name": facts.name}
        asks = gettext("I ask you:") if facts.demands else ""
        thanks = gettext("Would you please pass this on? Thank you for listening to me.")
    listed = "\n".join(filter(None, (asks, *(f"– {demand}" for demand in facts.demands))))
    return "\n\n".join(filter(None, (first, listed, thanks)))

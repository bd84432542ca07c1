"""The ways by which a letter leaves: only those that its addressee has, the best one first.

Each is a plain link, or something to copy, and works without a script. Nothing is opened, and
nobody else knows of the page, until a reader follows a link.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from campaigns.localized import label_in

from ..composing import Letter
from ..desk import EMBASSY, Addressee, Desk
from ..models import Channel
from . import links, measures, words
from .words import Facts

MAIL_SERVICES = (Channel.GMAIL, Channel.OUTLOOK, Channel.YAHOO, Channel.GMX)
# “X @name, Bluesky name.example.org, Mastodon @name@host”: one after the other.
ACCOUNT = re.compile(r"\s*(?P<network>\w+)\s*:?\s+@?(?P<name>\S+)\s*")
NAMES_THERE = {
    Channel.X: re.compile(r"\w{1,20}", re.ASCII),
    Channel.BLUESKY: re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE),
    Channel.MASTODON: re.compile(r"[\w.-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE),
}
NETWORKS = {
    "x": Channel.X,
    "twitter": Channel.X,
    "bluesky": Channel.BLUESKY,
    "mastodon": Channel.MASTODON,
}


@dataclass(frozen=True)
class Way:
    """One way for a letter to leave.

    `template` and `short` are for the script: the link without, and with less of, what is typed.
    """

    channel: str
    label: str
    # "" where there is nothing to open: then `value`, and maybe `text`, is copied.
    href: str = ""
    template: str = ""
    short: str = ""
    # What `href` may have in characters before `short` stands in for it; 0: as many as there are.
    longest: int = 0
    # An address, a number, an account, or lines for an envelope.
    value: str = ""
    # A text of its own instead of the letter, or, to copy, all of it; and its language.
    text: str = ""
    language: str = ""
    # Text messages that are paid for.
    parts: int = 0
    hint: str = ""
    # Of the first way alone: why it is not the usual one.
    why: str = ""
    # Whether some mail programs fail at this length already.
    is_long: bool = False
    # Whether the letter does not fit, or is never taken along: it is pasted.
    is_pasted: bool = False
    # The key of whom it goes to, where that is not the addressee.
    to: str = ""

    @property
    def is_copied(self) -> bool:
        """The way that always works."""
        return self.channel == Channel.COPY

    @property
    def is_elsewhere(self) -> bool:
        """Whether following it leads to somebody else’s site, away from what has been typed."""
        return self.href.startswith("https:")

    @property
    def is_tight(self) -> bool:
        """Whether a long letter does not fit."""
        return self.longest > 0


def ways(addressee: Addressee, letter: Letter, *, desk: Desk) -> tuple[Way, ...]:
    """The ways to send a letter to somebody, best first; never none."""
    facts = words.facts_of(desk, letter)
    if addressee.suspension is not None:
        facts = replace(facts, suspension=label_in(addressee.suspension.words, desk.language))
    if addressee.key == EMBASSY:
        facts = replace(facts, embassy=None)
    return ways_from(addressee, words.without_withheld_names(letter), facts)


def ways_from(addressee: Addressee, letter: Letter, facts: Facts) -> tuple[Way, ...]:
    """The same from facts alone, without a query."""
    mails = list(_mails(addressee, letter, facts))
    whole = [way for way in mails if not way.is_pasted]
    pasted = [way for way in mails if way.is_pasted]
    copied = [_copied(addressee, letter, facts)]
    others = [
        *_posted(addressee),
        *pasted,
        *_messages(addressee, letter, facts),
        *_networks(addressee, facts),
        *_called(addressee, letter, facts),
        *_by_way_of_the_embassy(addressee, facts),
    ]
    # With an e-mail address copying is one of the best ways; else it is the last resort.
    found = [*whole, *copied, *others] if mails else [*others, *copied]
    return (replace(found[0], why=_why(addressee, facts)), *found[1:])


def _email(addressee: Addressee) -> str:
    return "" if addressee.address.is_email_dead else addressee.address.email


def _why(addressee: Addressee, facts: Facts) -> str:
    """Why the first way is not the one that people expect."""
    if addressee.address.is_email_dead and addressee.address.email:
        return gettext("Mails to them come back at the moment. This is the next best way.")
    if addressee.suspension is not None and not _email(addressee):
        return facts.suspension or gettext(
            "No post goes there at the moment. This is the next best way."
        )
    return ""


def _mails(addressee: Addressee, letter: Letter, facts: Facts) -> Iterator[Way]:
    email = _email(addressee)
    if not email:
        return
    typed = {"subject": words.subject(letter, facts)}
    # Mails have line ends of their own.
    typed["body"] = words.body(letter).replace("\n", "\r\n")
    for channel in (Channel.MAIL_PROGRAM, *MAIL_SERVICES):
        template = links.for_letters_to(channel, email)
        short = links.without_body(template)
        href = links.fill(template, typed)
        longest = links.LONGEST.get(channel, 0)
        is_pasted = template == short or len(href) > longest
        is_program = channel == Channel.MAIL_PROGRAM
        yield Way(
            channel=channel,
            label=gettext("Your mail program") if is_program else str(channel.label),
            href=links.fill(short, typed) if is_pasted else href,
            template=template if "{" in template else "",
            short=short if "{" in short else "",
            longest=longest,
            value=email,
            hint=gettext("GMX opens without the letter. Copy it first, and paste it there.")
            if channel == Channel.GMX
            else "",
            is_long=is_program and links.LONG_FOR_A_MAIL_PROGRAM < len(href) <= longest,
            is_pasted=is_pasted,
        )


def _copied(addressee: Addressee, letter: Letter, facts: Facts) -> Way:
    """Always there, with whatever address there is."""
    address, embassy = addressee.address, facts.embassy
    lines = "\n".join(address.lines)
    is_posted = lines and addressee.suspension is None
    elsewhere = (embassy.email or "\n".join(embassy.lines)) if embassy else ""
    value = next(
        filter(
            None,
            (
                _email(addressee),
                is_posted and lines,
                addressee.address.sms,
                address.fax,
                address.phone,
                address.social,
                elsewhere,
                lines,
            ),
        ),
        "",
    )
    return Way(
        channel=Channel.COPY,
        label=gettext("Copy the letter"),
        value=str(value),
        text="\n\n".join(
            filter(None, (str(value), words.subject(letter, facts), words.body(letter)))
        ),
        language=letter.language,
        hint=gettext("Part by part or all of it, to paste wherever you write."),
        to=EMBASSY if value and value == elsewhere else "",
    )


def _posted(addressee: Addressee) -> Iterator[Way]:
    if addressee.address.lines and addressee.suspension is None:
        yield Way(
            channel=Channel.POST,
            label=gettext("By post"),
            value="\n".join(addressee.address.lines),
            hint=gettext("Print the letter or write it by hand, sign it, and post it."),
        )


def _by_way_of_the_embassy(addressee: Addressee, facts: Facts) -> Iterator[Way]:
    """While no post goes to the country."""
    if addressee.suspension is not None and facts.embassy and facts.embassy.lines:
        yield Way(
            channel=Channel.POST,
            label=gettext("By post, to the embassy"),
            value="\n".join(facts.embassy.lines),
            hint=gettext("No post goes to the country. Ask the embassy to pass your letter on."),
            to=EMBASSY,
        )


def _messages(addressee: Addressee, letter: Letter, facts: Facts) -> Iterator[Way]:
    if addressee.address.sms:
        text = words.text_message(facts)
        whole = words.signed(text, letter)
        parts = measures.sms_parts(whole)
        template = links.for_calls_to(Channel.SMS, addressee.address.sms)
        yield Way(
            channel=Channel.SMS,
            label=gettext("Text message"),
            href=links.fill(template, {"text": whole}),
            template=template,
            value=addressee.address.sms,
            text=text,
            language=facts.language,
            parts=parts,
        )
    if addressee.address.fax:
        yield Way(
            channel=Channel.FAX,
            label=gettext("Fax"),
            value=addressee.address.fax,
            hint=gettext("Print the letter and send it to this number."),
        )


# How much a network takes, and how it counts.
LIMITS: dict[str, tuple[int, Callable[[str], int]]] = {
    Channel.X: (measures.LONGEST_ON_X, measures.length_on_x),
    Channel.BLUESKY: (measures.LONGEST_ON_BLUESKY, measures.graphemes),
    Channel.MASTODON: (measures.LONGEST_ON_MASTODON, measures.graphemes),
}


def _networks(addressee: Addressee, facts: Facts) -> Iterator[Way]:
    for channel, account in accounts(addressee.address.social).items():
        longest, length = LIMITS[channel]
        text = words.post(facts, account, longest=longest, length=length)
        template = links.TEMPLATES.get(channel, "")
        yield Way(
            channel=channel,
            label=str(channel.label),
            href=links.fill(template, {"text": text}),
            value=account,
            text=text,
            language=facts.language,
            hint=gettext("In public, under your name there: everybody can read it.")
            if template
            # Many servers, and none of them is everybody's.
            else gettext("Copy these words and post them from your own server, in public."),
        )


def accounts(social: str) -> dict[Channel, str]:
    """The accounts in what an office's networks are written as, each with its @."""
    found: dict[Channel, str] = {}
    for part in social.split(","):
        match = ACCOUNT.fullmatch(part)
        channel = NETWORKS.get(match["network"].lower()) if match else None
        if match and channel and NAMES_THERE[channel].fullmatch(match["name"]):
            found.setdefault(channel, f"@{match['name']}")
    return {channel: found[channel] for channel in NAMES_THERE if channel in found}


def _called(addressee: Addressee, letter: Letter, facts: Facts) -> Iterator[Way]:
    if addressee.address.phone:
        yield Way(
            channel=Channel.PHONE,
            label=gettext("By phone"),
            href=links.for_calls_to(Channel.PHONE, addressee.address.phone),
            value=addressee.address.phone,
            text=words.call(facts, letter),
            language=facts.language,
            hint=gettext("You may read this out, or say it in your own words."),
        )

"""The ways by which a letter leaves: links that say what was written, and always one that works."""

import re
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from django.utils import timezone, translation

from campaigns.cases.models import Case, DiplomaticMission, WriterRules
from campaigns.cases.selectors import Address
from campaigns.letters.channels import Way, accounts, links, measures, ways, ways_from
from campaigns.letters.channels.words import Facts
from campaigns.letters.composing import Letter, plain
from campaigns.letters.desk import EMBASSY, Addressee, desk
from campaigns.letters.links import action_of
from campaigns.letters.models import Channel, IssueTarget, PostalSuspension
from campaigns.localized import NO_WORDS, Words
from tests.campaigns.letters.texts import TEXTS
from tests.factories.facts import labels, make_case, make_country, make_office, make_urgent_action

ADDRESS = Address(
    title=Words("Minister of Justice"),
    lines=("Ministry of Justice", "Lettergate 1", "PORTOLA", "ORVANIA"),
    email="o'minister+justice@example.org",
    phone="+32 (0)2 555 01 00 / 01",
    fax="+32 2 555 01 02",
    social="X @minister_ov, Bluesky minister.example.org, Mastodon @minister@social.example.org",
    languages=(),
    salutation=NO_WORDS,
    closing=NO_WORDS,
    sms="+32 470 00 00 00",
)
NOWHERE = {"lines": (), "email": "", "phone": "", "fax": "", "social": "", "sms": ""}
FACTS = Facts(
    language="en",
    name="Ana Drovik",
    demands=("to release her at once", "to let her see a doctor."),
    page="https://letters.example.org/en/letters/12-26/",
)


def addressee(*, address: Address | None = None, **fields: Any) -> Addressee:
    values: dict[str, Any] = {
        "key": "1",
        "role": "PRIMARY",
        "office": None,
        "title": "Minister of Justice",
        "reads": ("en",),
        "suspension": None,
    }
    return Addressee(**{**values, "address": address or ADDRESS, **fields})


def reached_by(**fields: Any) -> Address:
    """An address with nothing but what is given."""
    return Address(**{**ADDRESS.__dict__, **NOWHERE, **fields})


def letter(body: str, **fields: str) -> Letter:
    return Letter(
        **{
            "language": "en",
            "subject": "Concerning: Ana Drovik",
            "salutation": "",
            "body": body,
            "closing": "",
            **fields,
        }
    )


def found(to: Addressee, written: Letter | None = None, facts: Facts = FACTS) -> list[Way]:
    with translation.override("en"):
        return list(ways_from(to, written or letter("Please."), facts))


def channels(to: Addressee, *, written: Letter | None = None, facts: Facts = FACTS) -> list[str]:
    return [way.channel for way in found(to, written, facts)]


def way(channel: str, written: Letter | None = None, **fields: Any) -> Way:
    facts = fields.pop("facts", FACTS)
    return next(way for way in found(addressee(**fields), written, facts) if way.channel == channel)


def read(href: str) -> dict[str, str]:
    """An address taken apart by another's parser: whom it is for, and what it says."""
    assert re.fullmatch(r"[A-Za-z0-9:/?&=%@._~+-]+", href), "only what RFC 3986 lets stand"
    assert re.fullmatch(r"(?:[^%]|%[0-9A-F]{2})*", href)
    parts = urlsplit(href)
    assert not parts.fragment
    pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    said = dict(pairs)
    assert len(said) == len(pairs), "no field twice"
    if parts.scheme in {"mailto", "sms", "tel"}:
        said["to"] = unquote(parts.path)
    return said


def lines_of_a_mail(text: str) -> str:
    return plain(text).replace("\n", "\r\n")


def test_there_are_forty_texts_and_more():
    assert len(TEXTS) >= 40


MAILS = {
    Channel.MAIL_PROGRAM: ("subject", "body", 2_000),
    Channel.GMAIL: ("su", "body", 7_500),
    Channel.OUTLOOK: ("subject", "body", 7_500),
    Channel.YAHOO: ("subject", "body", 7_500),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("channel", MAILS)
def test_a_mail_says_what_was_written(channel, name):
    text = TEXTS[name]
    subject_field, body_field, longest = MAILS[channel]
    mail = way(channel, letter(text, subject=text))
    said = read(mail.href)
    assert said.pop("to") == ADDRESS.email
    subject = said.pop(subject_field)
    # One line, never empty, whatever was typed.
    assert subject
    assert subject == " ".join(plain(text)[:200].split())
    whole = links.fill(mail.template, {"subject": subject, "body": lines_of_a_mail(text)})
    assert mail.is_pasted is (len(whole) > longest)
    if mail.is_pasted:
        # Too long: subject alone, the letter is pasted, and that is said.
        assert body_field not in said
        assert way(Channel.COPY, letter(text)).text.endswith(plain(text))
    else:
        assert mail.href == whole
        assert said.pop(body_field) == lines_of_a_mail(text)
    # Nothing that was typed has become a field of its own.
    assert set(said) <= {"view", "fs"}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_of_their_own_are_read_back_from_their_links(name):
    """A name and a demand as staff might type them."""
    text = " ".join(plain(TEXTS[name]).split())
    facts = Facts(language="en", name="Ana & Co + #1", demands=(text,), page=FACTS.page)
    signature = f"{text[:80]}\n1000 Brussels"
    message = way(Channel.SMS, letter("", signature=signature), facts=facts)
    said = read(message.href)
    assert said["to"] == "+32470000000"
    first, last = said["body"].rsplit("\n", 1)
    assert first == message.text
    assert text.rstrip(".") in first
    assert last == f"{text[:80]}, 1000 Brussels"
    assert message.parts == measures.sms_parts(said["body"]) >= 1
    for channel, longest, length in (
        (Channel.X, 280, measures.length_on_x),
        (Channel.BLUESKY, 300, measures.graphemes),
    ):
        post = way(channel, facts=facts)
        assert read(post.href) == {"text": post.text}
        assert length(post.text) <= longest
        assert post.text.startswith("@minister")
        assert post.text.endswith(f" {FACTS.page}")
        assert "Ana & Co + #1" in post.text


@pytest.mark.parametrize("name", TEXTS)
def test_the_copy_has_all_of_it(name):
    copy = way(Channel.COPY, letter(TEXTS[name], signature="Mila"))
    expected = [ADDRESS.email, "Concerning: Ana Drovik", plain(TEXTS[name]), "Mila"]
    assert copy.text == "\n\n".join(expected)
    assert copy.href == ""


@pytest.mark.parametrize("subject", ["", "  \n ", "\u202e\u200b", "\x00"])
def test_a_mail_is_never_without_a_subject(subject):
    for channel in MAILS:
        said = read(way(channel, letter("Please.", subject=subject)).href)
        assert (said.get("subject") or said.get("su")) == "Ana Drovik"


@pytest.mark.parametrize(
    "email",
    ["a@example.org", "o'neil&co+x@example.org", "q?subject=x@example.org", '"a b"@example.org'],
)
def test_an_address_cannot_become_a_field(email):
    for channel in MAILS:
        mail = way(channel, address=reached_by(email=email))
        said = read(mail.href)
        assert said["to"] == email
        assert said.get("subject", said.get("su")) == "Concerning: Ana Drovik"


def test_half_a_character_does_not_break_a_link():
    assert read(way(Channel.GMAIL, letter("a\ud83d b")).href)["body"] == "a? b"


def test_the_script_fills_the_same_templates():
    """What it is given has the addressee in it, and fields for what is typed alone."""
    by_channel = {each.channel: each for each in found(addressee())}
    fields = {
        channel: re.findall(r"\{(\w+)\}", each.template) for channel, each in by_channel.items()
    }
    mail = ["subject", "body"]
    assert {channel: names for channel, names in fields.items() if names} == {
        **dict.fromkeys(MAILS, mail),
        Channel.SMS: ["text"],
    }
    for channel in MAILS:
        assert re.findall(r"\{(\w+)\}", by_channel[channel].short) == ["subject"]
    # A typed “{body}” stays what it is.
    said = links.fill("x:?a={subject}&b={body}", {"subject": "{body}", "body": "{subject}"})
    assert said == "x:?a=%7Bbody%7D&b=%7Bsubject%7D"


# Length


def text_for(characters: int) -> str:
    """A text with which the mailto has that many characters."""
    missing = characters - len(way(Channel.MAIL_PROGRAM, letter("a")).href) + 1
    return "a" * missing


@pytest.mark.parametrize(
    ("characters", "is_long", "is_pasted"),
    [(1_600, False, False), (1_601, True, False), (2_000, True, False), (2_001, False, True)],
)
def test_a_mail_program_is_offered_what_it_can_open(characters, is_long, is_pasted):
    mail = way(Channel.MAIL_PROGRAM, letter(text_for(characters)))
    assert (mail.is_long, mail.is_pasted) == (is_long, is_pasted)
    if not is_pasted:
        assert len(mail.href) == characters
    else:
        assert read(mail.href) == {"to": ADDRESS.email, "subject": "Concerning: Ana Drovik"}


def test_of_a_long_letter_the_ways_that_take_all_of_it_come_first():
    short, long, longest = "Please.", "a" * 3_000, "a" * 9_000
    assert channels(addressee(), written=letter(short))[:6] == [
        Channel.MAIL_PROGRAM, Channel.GMAIL, Channel.OUTLOOK, Channel.YAHOO,
        Channel.COPY, Channel.POST,
    ]  # fmt: skip
    assert channels(addressee(), written=letter(long))[:7] == [
        Channel.GMAIL, Channel.OUTLOOK, Channel.YAHOO, Channel.COPY, Channel.POST,
        Channel.MAIL_PROGRAM, Channel.GMX,
    ]  # fmt: skip
    assert channels(addressee(), written=letter(longest))[:3] == [
        Channel.COPY, Channel.POST, Channel.MAIL_PROGRAM,
    ]  # fmt: skip


def test_a_post_is_shortened_in_its_demand_and_keeps_name_and_page():
    facts = Facts(language="en", name="Ana", demands=("to act " * 60,), page=FACTS.page)
    post = way(Channel.X, facts=facts)
    assert re.fullmatch(
        rf"@minister_ov For Ana: I ask you (to act )+(to )?\w+… {re.escape(FACTS.page)}", post.text
    )
    assert 270 <= measures.length_on_x(post.text) <= 280
    bare = Facts(language="en", name="Ana")
    assert way(Channel.X, facts=bare).text == "@minister_ov I ask you to act for Ana."
    unsayable = Facts(language="en", name="A" * 400, page=FACTS.page)
    assert way(Channel.X, facts=unsayable).text == f"@minister_ov {FACTS.page}"


# Which ways there are


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        ({"email": "a@example.org"}, [*MAILS, Channel.COPY, Channel.GMX]),
        ({"lines": ("Lane 1", "ORVANIA")}, [Channel.POST, Channel.COPY]),
        ({"phone": "+32 2 555 01 00"}, [Channel.PHONE, Channel.COPY]),
        ({"fax": "+32 2 555 01 00"}, [Channel.FAX, Channel.COPY]),
        ({"social": "X @minister"}, [Channel.X, Channel.COPY]),
        ({"social": "Mastodon @m@example.org"}, [Channel.MASTODON, Channel.COPY]),
        ({"social": "Telegram @minister"}, [Channel.COPY]),
        ({"sms": "+32 470 00 00 00"}, [Channel.SMS, Channel.COPY]),
    ],
)
def test_there_are_the_ways_that_they_have_and_one_more(has, expected):
    assert channels(addressee(address=reached_by(**has))) == expected


def test_where_mails_come_back_the_next_best_way_stands_first_and_says_why():
    [first, *others] = found(addressee(address=replace(ADDRESS, is_email_dead=True)))
    assert first.channel == Channel.POST
    assert "come back" in first.why
    everything = [first, *others]
    assert not [each for each in everything if each.channel in {*MAILS, Channel.GMX}]
    assert not [each for each in everything if ADDRESS.email in f"{each.value}{each.text}"]
    assert not [each for each in others if each.why]
    # Somebody who never had an address has nothing that comes back.
    assert found(addressee(address=reached_by(fax="1", is_email_dead=True)))[0].why == ""


def test_where_no_post_goes_it_is_not_offered_and_the_embassy_is():
    suspension = PostalSuspension(since=timezone.localdate())
    embassy = reached_by(lines=("Lane 2", "1000 BRUSSELS"))
    facts = Facts(**{**FACTS.__dict__, "embassy": embassy})
    to = addressee(address=reached_by(lines=ADDRESS.lines), suspension=suspension)
    [first, last] = found(to, facts=facts)
    assert (first.channel, first.to, first.value) == (
        Channel.POST,
        EMBASSY,
        "Lane 2\n1000 BRUSSELS",
    )
    assert "No post goes there" in first.why
    assert (last.channel, last.to, last.value) == (Channel.COPY, EMBASSY, "Lane 2\n1000 BRUSSELS")
    # Whoever reads mails is written to by mail; nothing has to be explained.
    assert found(addressee(suspension=suspension), facts=facts)[0].why == ""
    # Without an embassy there is the letter, and the address for when post goes again.
    [only] = found(to)
    assert (only.channel, only.value) == (Channel.COPY, "\n".join(ADDRESS.lines))
    assert "No post goes there" in only.why


@pytest.mark.parametrize(
    ("social", "expected"),
    [
        (
            "X @name, Bluesky name.example.org, Mastodon @name@host.example",
            ["@name", "@name.example.org", "@name@host.example"],
        ),
        ("Bluesky: @name.example.org,x name", ["@name", "@name.example.org"]),
        ("Twitter @name", ["@name"]),
        ("X @name?text=other, X @two&three", []),
        ("Mastodon @name, Bluesky name, Facebook name, ,", []),
        ("", []),
    ],
)  # fmt: skip
def test_accounts_are_read_from_what_staff_typed(social, expected):
    assert list(accounts(social).values()) == expected


@pytest.mark.parametrize(
    ("number", "called"),
    [
        ("+32 (0)2 555 01 00", "+3225550100"),
        ("+32 2 555 01 00 / 01", "+3225550100"),
        ("+1 202-555-0123", "+12025550123"),
        ("02 555 01 00", "025550100"),
        ("8000", "8000"),
        ("+999 12+34", "+9991234"),
        ("12;phone-context=x?body=y", "12"),
    ],
)
def test_a_number_is_dialled_as_it_is_meant(number, called):
    assert read(way(Channel.PHONE, address=reached_by(phone=number)).href)["to"] == called
    assert read(way(Channel.SMS, address=replace(ADDRESS, sms=number)).href)["to"] == called


def test_on_the_phone_one_says_who_calls_what_is_asked_and_thanks():
    call = way(Channel.PHONE, letter("", signature="Mila Dubreux\nBrussels"))
    assert call.text.split("\n\n") == [
        "Good day, my name is Mila Dubreux. I am calling about Ana Drovik.",
        "I ask you:\n– to release her at once\n– to let her see a doctor.",
        "Would you please pass this on? Thank you for listening to me.",
    ]
    assert way(Channel.PHONE).text.startswith("Good day. I am calling about Ana Drovik.")


# From the facts of an action


def ways_of(
    action: Any,
    *,
    language: str = "en",
    written_in: str = "",
    body: str = "Please.",
    subject: str = "Ana",
) -> dict[str, Way]:
    with translation.override(language):
        at = desk(action_of(f"{action.number}-26"), now=timezone.now(), language=language)
        to = at.addressees[0]
        text = letter(body, subject=subject, language=written_in or language)
        return {each.channel: each for each in ways(to, text, desk=at)}


@pytest.mark.django_db
def test_short_texts_are_in_the_language_of_the_letter_and_lead_to_the_page(settings):
    settings.BASE_URL = "https://letters.example.org"
    action = make_urgent_action()
    office = action.issues.get().targets.get().office
    office.sms, office.social = "+32 470 00 00 00", "X @minister"
    office.save()
    found = ways_of(action, language="nl")
    page = f"https://letters.example.org/nl/letters/{action.number}-26/"
    assert found[Channel.X].text.endswith(page)
    assert "to release her at once (nl)" in found[Channel.X].text
    # A letter in a language that we do not speak: these words are in the page's.
    assert found[Channel.X].text == ways_of(action, language="nl", written_in="es")[Channel.X].text
    assert "(fr)" in ways_of(action, written_in="fr")[Channel.SMS].text
    # Where nobody may mention us, no link of ours goes to an authority.
    WriterRules.objects.create(case=action.case, may_mention_us=False)
    text = ways_of(action, language="nl")[Channel.X].text
    assert "letters.example.org" not in text
    assert "to release her at once (nl)" in text


@pytest.mark.django_db
def test_a_name_that_may_not_be_shown_is_in_no_link():
    """Encoded words pass the net that conceals names in pages."""
    hidden = make_case(given_name="Zorvane", family_name="Quillmark", scopes=[])
    assert hidden.state == Case.State.ACTIVE
    action = make_urgent_action()
    issue = action.issues.get()
    demand = issue.demands.get()
    demand.text = labels("to release her and Zorvane Quillmark")
    demand.save()
    office = issue.targets.get().office
    office.email, office.sms, office.phone = "a@example.org", "+32 470 00 00 00", "1"
    office.social = "X @minister"
    office.save()
    found = ways_of(action, body="For Zorvane Quillmark & Ana", subject="Zorvane Quillmark")
    said = " ".join(f"{unquote(each.href)} {each.text}" for each in found.values())
    assert "Quillmark" not in said
    assert "Zorvane" not in said
    assert "& Ana" in read(found[Channel.GMAIL].href)["body"]


@pytest.mark.django_db
def test_the_embassy_stands_in_while_no_post_goes_and_is_not_its_own_substitute():
    country = make_country()
    action = make_urgent_action(case=make_case(country=country))
    issue = action.issues.get()
    IssueTarget.objects.create(issue=issue, role=IssueTarget.Role.EMBASSY, position=1)
    DiplomaticMission.objects.create(
        sending_country=country,
        accredited_in="BE",
        title=labels("Embassy of Orvania"),
        postal_lines="Lane 2\n1000 BRUSSELS",
    )
    PostalSuspension.objects.create(
        country=country, since=timezone.localdate(), words=labels("Write to the embassy.")
    )
    with translation.override("en"):
        at = desk(action_of(f"{action.number}-26"), now=timezone.now(), language="en")
        [minister, embassy] = at.addressees
        [first, *_others] = ways(minister, letter("Please."), desk=at)
        assert (first.to, first.value) == (EMBASSY, "Lane 2\n1000 BRUSSELS")
        assert first.why == "Write to the embassy. (en)"
        [first, *_others] = ways(embassy, letter("Please."), desk=at)
        assert (first.to, first.channel, first.why) == ("", Channel.POST, "")
    assert make_office().is_usable


@pytest.mark.django_db
def test_without_a_script_the_page_comes_back_with_links_that_say_what_was_typed(client):
    action = make_urgent_action()
    office = action.issues.get().targets.get().office
    office.email = "a@example.org"
    office.save()
    typed = 'Please & "thank you" 100 %,\n\n<b>{subject}</b> مرحبا'
    page = client.post(
        f"/en/letters/{action.number}-26/",
        {"to": office.pk, "in": "en", "subject": "Ana & co", "body": typed, "name": "Mila"},
    ).content.decode()
    hrefs = dict(re.findall(r'href="([^"]+)" data-channel="(\w+)"', page))
    said = {channel: read(unescape(href)) for href, channel in hrefs.items() if "{" not in href}
    for channel in MAILS:
        body = typed.replace("\n", "\r\n") + "\r\n\r\nMila"
        assert (said[channel]["to"], said[channel]["body"]) == ("a@example.org", body)
    # And to copy: each part, and all of it.
    parts = dict(re.findall(r'data-live="(\w+)">(.*?)</textarea>', page, re.DOTALL))
    assert unescape(parts["subject"]) == "Ana & co"
    assert unescape(parts["body"]) == f"{typed}\n\nMila"
    assert unescape(parts["all"]) == f"a@example.org\n\nAna & co\n\n{typed}\n\nMila"
    assert "<b>" not in page

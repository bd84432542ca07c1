"""A mail that was encoded once and filled as bytes reads as if it had been written for one."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.outbox.bulk.mime import PreparedMime, ascii_address

from .bulk_mail import batch, reader

LONGEST_LINE = 998
AWKWARD = [
    "plain",
    "",
    "Ça va être l'été, jusqu'à Noël: déjà vu — naïve façade œuvre",
    "العربية من اليمين إلى اليسار",
    "🕯️ for Noor 👩🏽‍⚖️",
    "one long line " * 200,
    "x" * 5000,
    "é" * 3000,
    ".\n..\n.leading dots\nFrom here\n.",
    "trailing space \nand tab\t\nend ",
    "100 % = all; 2=3D; =C3=A9 literally; a=",
    "first\n\n\n\nlast\n",
    "windows\r\nlines\r\n",
    "{unknown} {Not a placeholder} {} {{greeting}}",
    "-- \nsignature\n--boundary--",
]


def read(mime: PreparedMime, to, *, address="mila@example.org"):
    data = mime.for_reader(to, to=address)
    assert max(len(line) for line in data.split(b"\r\n")) <= LONGEST_LINE
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert data.isascii()
    return message_from_bytes(data, policy=policy.default.clone(max_line_length=None))


def words(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def lines(text):
    """The text as it travels: with line ends of one kind, and one at the end at most."""
    return text.replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize("before", AWKWARD)
@pytest.mark.parametrize("after", [AWKWARD[0], AWKWARD[2], AWKWARD[8]])
def test_the_words_come_back_as_they_were(before, after):
    value = "Grüße, Zoë"
    text = f"{before}{{greeting}}{after}"
    to = reader(1, greeting=value)
    message = read(PreparedMime(batch(to, text=text, html=f"<p>{text}</p>")), to)
    assert lines(words(message, "plain")) == lines(text.replace("{greeting}", value))
    assert lines(words(message, "html")) == lines(f"<p>{text}</p>".replace("{greeting}", value))
    assert not message.defects
    assert not any(part.defects for part in message.walk())


@pytest.mark.parametrize(
    "value",
    [
        "Mila",
        "ends in a space ",
        " begins with one",
        "",
        "=",
        "a=b",
        ".",
        "ü",
        "x" * 71,
        "x" * 72,
        "x" * 73,
        "x" * 76,
        "y" * 500,
        ("word " * 60).strip(),
        "https://obstinate.example.org/fr/m/sign/1f-0123456789ab-AbC_dEf-GhIjKlMnOpQrSt/",
    ],
)
@pytest.mark.parametrize("around", ["", " ", "\n", "=", "é", "x" * 75, "x" * 76, ".", "\n."])
def test_values_of_any_length_stand_where_they_should(value, around):
    text = f"{around}{{first_name}}{{first_name}}{around}{{greeting}}{around}end"
    to = reader(1, first_name=value, greeting=value)
    message = read(PreparedMime(batch(to, text=text, html=text)), to)
    expected = text.replace("{first_name}", value).replace("{greeting}", value)
    assert lines(words(message, "plain")) == lines(expected)


def test_a_value_means_nothing_in_html():
    to = reader(1, greeting="<b>&amp; \"quoted\" 'Zoë'</b>")
    message = read(PreparedMime(batch(to)), to)
    assert "&lt;b&gt;&amp;amp; &quot;quoted&quot;" in words(message, "html")
    assert "<b>&amp; \"quoted\" 'Zoë'</b>" in words(message, "plain")


@given(
    before=st.text(st.characters(codec="utf-8", exclude_characters="\r{}\x00"), max_size=200),
    value=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=120),
    after=st.text(st.characters(codec="utf-8", exclude_characters="\r{}\x00"), max_size=200),
)
@settings(max_examples=200, deadline=None)
def test_no_words_are_lost_whatever_they_are(before, value, after):
    to = reader(1, greeting=value)
    message = read(PreparedMime(batch(to, text=f"{before}{{greeting}}{after}")), to)
    part = message.get_body(("plain",))
    found = part.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert found.rstrip("\n") == f"{before}{value}{after}".replace("\r\n", "\n").rstrip("\n")


def test_each_reader_has_their_own_headers_and_the_shared_ones():
    first, second = reader(1), reader(2)
    mime = PreparedMime(batch(first, second, subject="{greeting} écrivez pour Noor"))
    for each in (first, second):
        message = read(mime, each, address=each.address)
        number = each.delivery_id
        assert message["To"] == f"reader-{number}@example.org"
        assert message["Subject"] == f"Hello Mila {number}, écrivez pour Noor"
        assert message["List-Unsubscribe"].endswith(f"/{number}/>")
        assert message["List-Id"] == "<urgent-actions.en.example.org>"
        assert message["From"].addresses[0].addr_spec
        assert message["MIME-Version"] == "1.0"
        assert message["Date"].datetime
        assert len(message.get_all("List-Unsubscribe")) == 1


@pytest.mark.parametrize(
    "subject", ["short", "x" * 200, "Écrivez " * 20, "two\r\nBcc: a@example.org"]
)
def test_a_subject_stays_one_header(subject):
    to = reader(1)
    message = read(PreparedMime(batch(to, subject=subject)), to)
    assert message["Subject"] == " ".join(subject.split())
    assert message["Bcc"] is None


def test_an_address_beyond_ascii_travels_in_punycode():
    assert ascii_address("mila@dömäne.example") == "mila@xn--dmne-moa0i.example"

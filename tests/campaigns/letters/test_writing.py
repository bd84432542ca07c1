"""The desk: everything to write with, for everybody alike, and nothing that was typed is kept."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone, translation

from campaigns.cases.models import Case, Office, WriterRules
from campaigns.letters.composing import LONGEST_TEXT, left_to_fill_in, one_line, plain
from campaigns.letters.models import PostalSuspension, UrgentActionIssue
from tests.factories.writing import desk_of, make_action_with_embassy

pytestmark = pytest.mark.django_db

LANGUAGES = ("fr", "nl", "de", "en")


@pytest.fixture
def desk():
    return desk_of(make_action_with_embassy(office={"email": "minister@example.org"}))


def page(client, desk, query="", language="en") -> str:
    answer = client.get(f"/{language}/letters/{desk.code}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def mail_in(html: str) -> dict[str, str]:
    link = re.search(r'href="(mailto:[^"]+)"[^>]*data-channel="MAIL_PROGRAM"', html)
    assert link
    query = urlsplit(link[1].replace("&amp;", "&")).query
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def send(client, desk, language="en", **changes):
    typed = {
        "to": desk.addressees[0].key,
        "in": language,
        "start": "model",
        "subject": "Concerning: Ana Drovik",
        "salutation": "Dear Minister,",
        "body": "Please release Ana Drovik.",
        "closing": "Yours faithfully,",
        "name": "Mila Dubreux",
        "place": "Rue des Postes 12\n4000 Liège",
        **changes,
    }
    return client.post(f"/{language}/letters/{desk.code}/", typed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_is_the_same_for_everybody_and_offers_a_letter_in_ones_language(
    client, desk, language
):
    answer = client.get(f"/{language}/letters/{desk.code}/?in={language}&start=demands")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]
    html = answer.content.decode()
    with translation.override(language):
        assert desk.issue.demands.first().text[language] in html
    assert mail_in(html)["subject"]
    assert html.count('data-form="letter"') == html.count('data-form="report"') == 1


def test_the_addressee_the_language_and_the_beginning_are_chosen_by_an_address(client, desk):
    embassy = page(client, desk, "?to=embassy&in=fr&start=empty", language="fr")
    assert '<option value="embassy" selected>' in embassy
    assert re.search(r'<textarea name="body"[^>]*>\s*</textarea>', embassy)
    # What nobody offers is no reason to refuse the page.
    assert page(client, desk, "?to=99&in=xx&start=nonsense")


def test_ones_own_words_come_back_in_the_links_and_nowhere_else(client, desk):
    answer = send(client, desk, body="Línea & <b>100 %</b>\r\n\r\nمع التحية")
    assert answer.status_code == 200
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    html = answer.content.decode()
    assert "Línea & <b>100 %</b>\r\n\r\nمع التحية" in mail_in(html)["body"]
    assert "<b>100" not in html
    assert "Línea" not in page(client, desk)


@pytest.mark.parametrize(
    ("field", "typed"),
    [("body", "x" * 1_000_000), ("body", " \u202e\u0007 "), ("subject", "")],
)
def test_what_cannot_be_sent_is_said_beside_its_field_and_nothing_typed_is_lost(
    client, desk, field, typed
):
    answer = send(client, desk, **{field: typed})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert f'id="letter-{field}_error"' in html
    assert 'value="Mila Dubreux"' in html
    assert "4000 Liège" in html
    if typed.strip("x") == "" and typed:
        assert typed in html


def test_a_name_begins_no_header_and_no_line(client, desk):
    answer = send(
        client,
        desk,
        name="Mila\r\nBcc: everybody@example.org",
        subject="Hello\r\nBcc: everybody@example.org",
    )
    mail = mail_in(answer.content.decode())
    assert mail["subject"] == "Hello Bcc: everybody@example.org"
    assert "Mila Bcc: everybody@example.org" in mail["body"]


def test_the_rules_of_the_case_say_how_to_sign_and_the_desk_keeps_to_them(client, desk):
    WriterRules.objects.update_or_create(
        case=desk.case, defaults={"own_address": WriterRules.OwnAddress.INITIALS}
    )
    answer = send(client, desk, signs="FULL")
    # A way to sign that the rules forbid is refused, not done in silence.
    assert answer.status_code == 422
    mail = mail_in(send(client, desk).content.decode())
    assert mail["body"].endswith("M. D.\r\n4000 Liège")


def test_without_a_letter_in_the_readers_language_the_desk_says_so_and_offers_what_there_is(
    client, desk
):
    Office.objects.update(languages="ar, fr")
    assert re.search(r'<option value="fr" selected[^>]*>', page(client, desk, language="nl"))
    in_dutch = page(client, desk, "?in=nl", language="nl")
    assert "data-no-model" in in_dutch
    assert desk.issue.demands.first().text["nl"] in in_dutch


def test_where_no_post_goes_the_desk_says_so(client, desk):
    office = desk.addressees[0].office
    PostalSuspension.objects.create(
        country=office.country, since=date(2020, 1, 1), words={"en": "Ask the embassy."}
    )
    assert "Ask the embassy." in page(client, desk)
    PostalSuspension.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert "Ask the embassy." not in page(client, desk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_the_deadline_nothing_can_act(client, desk, language, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=200))
    for answer in (
        client.get(f"/{language}/letters/{desk.code}/"),
        send(client, desk, language=language),
        client.post(f"/{language}/letters/{desk.code}/letter.pdf", {"body": "x"}),
    ):
        assert answer.status_code == 410
        html = answer.content.decode()
        assert "mailto:" not in html
        assert 'data-form="letter"' not in html


def test_a_stopped_action_a_hidden_case_and_a_wrong_code_open_no_desk(client, desk):
    address = f"/en/letters/{desk.code}/"
    UrgentActionIssue.objects.filter(pk=desk.issue.pk).update(state="STOPPED")
    assert client.get(address).status_code == 410
    Case.objects.update(state=Case.State.HIDDEN)
    assert client.get(address).status_code == 404
    for code in ("0-26", "99999-26", "a-b", "12-2026"):
        assert client.get(f"/en/letters/{code}/").status_code == 404


def test_an_addressee_without_any_way_is_not_offered(client, desk):
    office = desk.addressees[0].office
    type(office).objects.filter(pk=office.pk).update(
        postal_lines="", email="", phone="", sms="", fax="", social=""
    )
    assert f'<option value="{office.pk}"' not in page(client, desk)


def test_a_page_costs_few_queries_however_it_is_asked(client, desk, django_assert_max_num_queries):
    page(client, desk)
    with django_assert_max_num_queries(24):
        page(client, desk, "?start=demands")


def test_where_somebody_came_from_goes_along_to_what_they_declare(client, desk):
    html = page(client, desk, "?source=mail-12-26")
    assert html.count('name="source" value="mail-12-26"') == 3
    again = send(client, desk, source="mail-12-26").content.decode()
    assert again.count('name="source" value="mail-12-26"') == 3


def test_text_is_made_plain():
    assert plain("a\r\nb\rc\x00\x07\u202e d\ufeff") == "a\nb\nc d"
    assert plain("می\u200cخواهم 👩\u200d🚀") == "می\u200cخواهم 👩\u200d🚀"
    assert len(plain("x" * 3 * LONGEST_TEXT)) == LONGEST_TEXT
    assert one_line(" a \n b\tc ") == "a b c"
    assert left_to_fill_in("Dear [name], I live in [my town] and [name]. []") == [
        "[name]",
        "[my town]",
    ]

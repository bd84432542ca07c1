"""The page of a mailing: how it stands, who got it and who did not, and what followed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from campaigns.mailings import services
from campaigns.mailings.models import Delivery, Mailing
from campaigns.mailings.selectors import ledger, progress
from campaigns.outbox.models import DeliveryEvent
from campaigns.supporters.models import Subscription
from home import setup
from tests.campaigns.petitions.crowds import crowd
from tests.factories.facts import make_petition
from tests.factories.mailings import make_audience, make_mailing, make_readers, start
from tests.pages import ServedPage

from .desks import (
    desk_of,
    draft,
    newsletter_in,
    offered,
    page_of,
    table,
    urgent_page,
    words_of,
)

pytestmark = pytest.mark.django_db
State = Mailing.State
ROLES = [setup.CAMPAIGNERS, setup.MODERATORS, setup.SUPPORTER_SERVICE]
NOBODY = [setup.EDITORS, setup.TRANSLATORS]
SUM = "10 candidates = 4 accepted by the provider + 2 left out + 1 refused by the provider + 3 waiting; 0 unexplained"  # noqa: E501


@pytest.fixture
def audience(site):
    return make_audience()


@pytest.fixture
def campaigner(site):
    return desk_of(setup.CAMPAIGNERS)


@pytest.fixture
def service(site):
    return desk_of(setup.SUPPORTER_SERVICE)


@pytest.fixture
def under_way(audience):
    """Ten candidates: two are left out, four have it, one was refused, three wait."""
    make_readers(audience.formula, 8, given_name="Canary")
    make_readers(audience.formula, 2, paused_until=timezone.localdate() + timedelta(days=9))
    mailing = start(make_mailing(audience=audience))
    rows = list(Delivery.objects.filter(mailing=mailing, state="PENDING").order_by("pk"))
    keys = [row.pk for row in rows]
    Delivery.objects.filter(pk__in=keys[:4]).update(state="ACCEPTED", provider_message_id="abc")
    Delivery.objects.filter(pk=keys[4]).update(state="REJECTED", reason="REFUSED")
    return mailing


def test_every_candidate_is_in_the_sum(campaigner, under_way):
    page = page_of(campaigner, under_way)
    assert SUM in words_of(page)
    assert "5 of 8 mails are accounted for (62 %)" in words_of(page)
    assert table(page, "Who did not get it, and why") == [
        ["left out", "pauses", "2"],
        ["refused by the provider", "the provider refused the address", "1"],
    ]


def test_a_row_that_is_lost_is_shown_as_unexplained(campaigner, under_way):
    Delivery.objects.filter(mailing=under_way).order_by("pk").last().delete()
    page = page_of(campaigner, under_way)
    assert "; 1 unexplained" in words_of(page)
    [line] = [
        each
        for each in page.elements
        if "mailing-progress__sum" in each.attributes.get("class", "")
    ]
    assert "workspace-cell--bad" in line.attributes["class"]


def test_the_part_that_changes_is_served_alone_and_says_when_it_ends(campaigner, under_way):
    path = reverse("mailings_of_staff:progress", args=[under_way.pk])
    assert f'data-refresh="{path}"' in page_of(campaigner, under_way).html
    part = campaigner.get(path)
    assert SUM in " ".join(part.text.split())
    assert "<html" not in part.text
    Mailing.objects.filter(pk=under_way.pk).update(state=State.SENT, ended_at=timezone.now())
    assert "data-refresh" not in campaigner.get(path).text


def test_speed_and_time_left_come_from_the_last_two_minutes(under_way):
    now = timezone.now()
    Mailing.objects.filter(pk=under_way.pk).update(started_at=now - timedelta(minutes=30))
    under_way.refresh_from_db()
    first, *rest = under_way.chunks.order_by("number")
    under_way.chunks.filter(pk=first.pk).update(state="DONE", size=600, ended_at=now)
    for chunk in rest:
        under_way.chunks.filter(pk=chunk.pk).update(not_before=now + timedelta(minutes=4))
    found = progress(under_way, ledger(under_way), now=now)
    assert found.per_minute == 300
    assert found.left == timedelta(minutes=3 / 300)
    assert found.waits_until == now + timedelta(minutes=4)
    later = progress(under_way, ledger(under_way), now=now + timedelta(minutes=3))
    assert (later.per_minute, later.left) == (0, None)


def test_when_the_provider_refuses_the_account_the_page_says_what_to_do(campaigner, under_way):
    services.pause_for(
        mailing=under_way, problem=Mailing.Problem.ACCOUNT, note="HTTP 401", now=timezone.now()
    )
    said = words_of(page_of(campaigner, under_way))
    assert "The provider refuses our account." in said
    assert "HTTP 401" in said
    assert "Have the key and the domain checked at the provider; then resume." in said


@pytest.mark.parametrize("problem", Mailing.Problem.values)
def test_every_problem_has_a_way_out(campaigner, under_way, problem):
    Mailing.objects.filter(pk=under_way.pk).update(state=State.PAUSED, problem=problem)
    page = page_of(campaigner, under_way)
    sentences = [
        each.words
        for each in page.all("p")
        if any("help-critical" in above.attributes.get("class", "") for above in each.parents)
    ]
    with translation.override("en"):
        assert sentences[0] == Mailing.Problem(problem).label
    # What has ended is cancelled and never paused: nothing can be done about it.
    assert len(sentences) == (1 if problem == Mailing.Problem.ACTION_ENDED else 2)


def test_each_reader_of_a_language_that_is_missing_is_said_to_get_another(campaigner, audience):
    make_readers(audience.formula, 8)
    page = page_of(campaigner, draft(newsletter_in("fr", "nl"), audience=audience))
    words = {row[0]: row[1] for row in table(page, "What it says")}
    assert words["German"] == "missing"
    assert table(page, "Who gets it") == [
        ["French", "their own", "2"],
        ["Dutch", "their own", "2"],
        ["German", "French, since there is no text in their own", "2"],
        ["English", "French, since there is no text in their own", "2"],
    ]
    assert "8 people found = 8 who get it + 0 left out" in words_of(page)

    strict = draft(newsletter_in("fr", "nl"), audience=audience, falls_back=False)
    page = page_of(campaigner, strict)
    assert table(page, "Who gets it")[2] == [
        "German",
        "nothing: there are no words for them",
        "0",
    ]
    assert table(page, "Who is left out, as of now") == [["not in their language", "4"]]


def test_the_words_are_read_as_html_and_as_text_before_anything_leaves(campaigner, audience):
    mailing = draft(newsletter_in("fr", mail_subject="Pour toi, {first_name}"), audience=audience)
    words = reverse("mailings_of_staff:words", args=[mailing.pk, "fr"])
    shown = campaigner.get(words)
    assert "Pour toi, Marie" in shown.text
    [frame] = ServedPage(shown.text).all("iframe")
    assert "allow-scripts" not in frame.attributes["sandbox"]
    assert "allow-same-origin" not in frame.attributes["sandbox"]

    mail = campaigner.get(frame.attributes["src"])
    policy = mail["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert mail["X-Frame-Options"] == "SAMEORIGIN"
    assert "Marie" in mail.text
    assert "{" + "stop_link}" not in mail.text
    dark = campaigner.get(frame.attributes["src"] + "?dark").text
    assert "prefers-color-scheme" not in dark
    assert dark != mail.text

    text = campaigner.get(words, {"as": "text"})
    assert not ServedPage(text.text).all("iframe")
    assert "https://example.org/link/sample/" in text.text
    assert campaigner.get(words.replace("/fr/", "/nl/"), follow=True).status_code == 404


def test_a_mail_of_ninety_kilobytes_is_marked(campaigner, audience):
    mailing = make_mailing(audience=audience, state=State.SUBMITTED)
    mailing.contents.filter(language="nl").update(size=90_000)
    page = page_of(campaigner, mailing)
    assert "90\N{NO-BREAK SPACE}KB" in page.html
    marked = [each.words for each in page.all("td", class_="workspace-cell workspace-cell--wait")]
    assert "90\N{NO-BREAK SPACE}KB" in marked


def test_what_readers_did_is_counted_by_the_links_of_the_mailing(campaigner, under_way):
    now = timezone.now()
    petition = make_petition()
    Mailing.objects.filter(pk=under_way.pk).update(
        started_at=now - timedelta(days=3), petition_id=petition.pk
    )
    crowd(petition, 3, at=now - timedelta(days=2), source=under_way.code)
    crowd(petition, 2, at=now, source=under_way.code, confirmed=False)
    crowd(petition, 4, at=now, source="poster")
    reached = Delivery.objects.filter(mailing=under_way, state="ACCEPTED").first()
    missed = Delivery.objects.filter(mailing=under_way, state="PENDING").first()
    Subscription.objects.filter(supporter__in=[reached.supporter_id, missed.supporter_id]).update(
        state="ENDED", ended_at=now, end_reason="UNSUBSCRIBED"
    )
    page = page_of(campaigner, under_way)
    assert table(page, "What readers did afterwards") == [
        ["Signatures through its links", "5"],
        ["Of these confirmed", "3"],
        ["Stopped these mails in the week after it", "1"],
    ]
    assert len(page.all("svg", role="img")) == 1


def test_an_uncertain_chunk_seems_unsent_when_all_others_were_reported_on(campaigner, under_way):
    now = timezone.now()
    accepted = Delivery.objects.filter(mailing=under_way, state="ACCEPTED")
    for number, row in enumerate(accepted):
        DeliveryEvent.objects.create(
            key=f"event {number}", delivery_id=row.pk, event_type="delivered", provider="Test"
        )
    chunk = under_way.chunks.order_by("-number").first()
    Delivery.objects.filter(mailing=under_way, state="PENDING").update(
        state="UNCERTAIN", reason="NO_ANSWER", chunk_number=chunk.number
    )

    def verdict(hours: int) -> str:
        under_way.chunks.filter(pk=chunk.pk).update(
            state="UNCERTAIN", first_submitted_at=now - timedelta(hours=hours)
        )
        return table(page_of(campaigner, under_way), "Uncertain mails")[0][-1]

    assert verdict(5) == "not known yet: reports may still come"
    assert verdict(7).startswith("not sent:")
    row = Delivery.objects.filter(mailing=under_way, state="UNCERTAIN").first()
    DeliveryEvent.objects.create(
        key="late", delivery_id=row.pk, event_type="delivered", provider="Test"
    )
    assert verdict(7).startswith("reports have come in")


def people_url(mailing, state: str, reason: str = "-") -> str:
    return reverse("mailings_of_staff:people", args=[mailing.pk, state, reason])


def find_url(mailing) -> str:
    return reverse("mailings_of_staff:find", args=[mailing.pk])


@pytest.mark.parametrize("role", [setup.CAMPAIGNERS, setup.MODERATORS, *NOBODY])
def test_only_the_supporter_service_sees_who_they_are(under_way, role):
    desk = desk_of(role)
    for path in (people_url(under_way, "ACCEPTED"), find_url(under_way)):
        for response in (desk.get(path), desk.post(path, {"q": "reader"})):
            assert response.status_code in {302, 403, 405}
            assert "@example.org" not in response.text
    if role not in NOBODY:
        page = page_of(desk, under_way)
        assert people_url(under_way, "REJECTED", "REFUSED") not in page.html
        assert find_url(under_way) not in page.html
        assert "@example.org" not in page.html.replace("staff", "")
        assert "Canary" not in page.html


def test_the_supporter_service_sees_everybody_page_by_page_and_it_is_noted(service, audience):
    make_readers(audience.formula, 130)
    mailing = start(make_mailing(audience=audience))
    page = page_of(service, mailing)
    assert offered(page) == []
    Delivery.objects.filter(mailing=mailing).update(state="REJECTED", reason="REFUSED")
    path = people_url(mailing, "REJECTED", "REFUSED")
    assert path in page_of(service, mailing).html
    first, second = service.get(path), service.get(path, {"page": 2})
    assert (first.text.count("@example.org"), second.text.count("@example.org")) == (100, 30)
    looks = ModelLogEntry.objects.for_instance(mailing).filter(action="mailings.look")
    assert [entry.user for entry in looks] == [service.user, service.user]
    assert "@example.org" not in str([entry.data for entry in looks])


def test_who_got_it_is_answered_for_each_person_found(service, under_way):
    got = Delivery.objects.filter(mailing=under_way, state="ACCEPTED").first()
    DeliveryEvent.objects.create(
        key="arrived", delivery_id=got.pk, event_type="bounced", provider="Test"
    )
    [stranger] = make_readers(make_audience().formula, 1)

    def row(supporter) -> list[str]:
        response = service.post(find_url(under_way), {"q": supporter.email})
        assert response.request["QUERY_STRING"] == ""
        [found] = table(ServedPage(response.text), "Found: 1")
        return found

    assert row(got.supporter)[2] == "accepted by the provider"
    assert row(got.supporter)[-1].startswith("came back, ")
    left_out = Delivery.objects.filter(mailing=under_way, state="EXCLUDED").first()
    assert row(left_out.supporter)[2:4] == ["left out", "pauses"]
    assert row(stranger)[2].startswith("not among the candidates")
    viewed = ModelLogEntry.objects.for_instance(stranger).filter(action="supporters.viewed")
    assert viewed.count() == 1


def test_nothing_typed_and_nobody_found_are_answered_in_words(service, under_way):
    assert "Type an address" in service.post(find_url(under_way), {"q": ""}).text
    assert "Try a part of it." in service.post(find_url(under_way), {"q": "zz@zz.example"}).text


@pytest.mark.parametrize(
    "path",
    ["ACCEPTED/NONSENSE/", "NONSENSE/-/"],
)
def test_a_list_that_does_not_exist_is_not_found(service, under_way, path):
    base = people_url(under_way, "ACCEPTED").removesuffix("ACCEPTED/-/")
    assert service.get(base + path, follow=True).status_code == 404


def test_no_question_per_recipient_is_asked(campaigner, audience, django_assert_max_num_queries):
    make_readers(audience.formula, 400)
    mailing = start(make_mailing(audience=audience))
    path = reverse("mailings_of_staff:progress", args=[mailing.pk])
    campaigner.get(path)
    with django_assert_max_num_queries(20):
        campaigner.get(path)


def test_from_a_page_and_from_an_urgent_action_the_way_leads_to_a_mailing():
    page = urgent_page()
    both = desk_of(setup.CAMPAIGNERS)
    both.user.groups.add(*desk_of(setup.EDITORS).user.groups.all())
    way = f'{reverse("mailings_of_staff:add")}?page={page.pk}"'
    editor_page = reverse("wagtailadmin_pages:edit", args=[page.pk])
    workspace = reverse("urgent_actions:inspect", args=[page.urgent_action_id])
    assert way in both.get(editor_page).text
    assert way in both.get(workspace).text
    assert way not in desk_of(setup.EDITORS).get(editor_page).text

    mailing = make_mailing(urgent_action_id=page.urgent_action_id, title="The first call")
    assert ["The first call", "approved", "–"] in table(
        ServedPage(both.get(workspace).text), "Mailings"
    )
    assert reverse("mailings_of_staff:inspect", args=[mailing.pk]) in both.get(workspace).text

"""Links in mailings: each opens one thing for one reader, and goes with what it was about."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.letters.models import LetterAct, UrgentActionIssue
from campaigns.mailings.links import DOORS, LinkMaker, read, token
from campaigns.mailings.models import Delivery
from campaigns.petitions.models import Signature
from campaigns.supporters.links import UnusableLink
from campaigns.supporters.models import Consent, Subscription, Supporter
from tests.factories.facts import make_petition, make_urgent_action
from tests.factories.mailings import make_audience, make_mailing, make_readers, start
from tests.rows import changed, every_row
from tests.steps import press_button

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def reader(site):
    audience = make_audience()
    [person] = make_readers(audience.formula, 1, country="BE", language="en", family_name="Dubreux")
    return person


@pytest.fixture
def mailing(reader):
    action = make_urgent_action()
    return make_mailing(
        audience=reader_audience(reader),
        petition_id=make_petition(case=action.case).pk,
        urgent_action_id=action.pk,
        issue_id=action.issues.get().pk,
        started_at=timezone.now(),
    )


def reader_audience(reader):
    return make_audience(formula=reader.subscriptions.get().formula)


def links(mailing, reader):
    wanted = frozenset(door.placeholder for door in DOORS.values())
    found = LinkMaker(mailing, "en", wanted).links(reader.pk)
    return {door.code: urlsplit(found[door.placeholder]).path for door in DOORS.values()}


def test_every_link_leads_to_its_page_and_robots_change_nothing(mailing, reader):
    before = every_row()
    for path in links(mailing, reader).values():
        robot = Client()
        for ask in (robot.get, robot.head, robot.options):
            answer = ask(path)
            assert answer.status_code in {200, 302}
            if answer.status_code == 302:
                assert token("sign", reference=mailing.reference, supporter_id=reader.pk) not in (
                    answer.url
                )
                assert robot.get(answer.url).status_code == 200
    assert changed(before, every_row()) == set()


def test_every_button_does_what_it_says(mailing, reader):
    pages = {}
    for code, path in links(mailing, reader).items():
        person = Client()
        pages[code] = person.get(path, follow=True)
        assert press_button(person, pages[code]).status_code in {303, 200}, code
    reader.refresh_from_db()
    assert Signature.objects.get(supporter=reader).source == mailing.code
    assert LetterAct.objects.get(supporter=reader).source == mailing.code
    assert reader.paused_until is not None
    assert reader.most_mails_a_month == 1
    assert reader.subscriptions.get().state == Subscription.State.ENDED


def test_no_page_shows_an_address(mailing, reader):
    for code, path in links(mailing, reader).items():
        page = Client().get(path, follow=True)
        assert reader.email not in page.content.decode(), code


def test_a_token_opens_no_other_door_no_other_reader_and_no_other_mailing(mailing, reader):
    own = token("fewer", reference=mailing.reference, supporter_id=reader.pk)
    assert read("fewer", own) == (mailing.reference, reader.pk)
    other = make_mailing()
    number, reference, mac = own.split("-", 2)
    for door, forged in (
        ("pause", own),
        ("fewer", f"{reader.pk + 1:x}-{reference}-{mac}"),
        ("fewer", f"{number}-{other.reference}-{mac}"),
        ("fewer", f"{number}-{reference}-{mac[:-1]}"),
        ("fewer", f"{number}-{reference}-"),
        ("fewer", "nonsense"),
        ("fewer", f"{number}-{reference}-é{mac[1:]}"),
    ):
        with pytest.raises(UnusableLink):
            read(door, forged)
        assert Client().get(f"/en/m/{door}/{forged}/").status_code == 410


def test_a_link_goes_on_working_while_the_secret_is_being_replaced(mailing, reader, settings):
    own = token("stop", reference=mailing.reference, supporter_id=reader.pk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-fifty-characters-0123456789-012345"
    assert read("stop", own) == (mailing.reference, reader.pk)


def test_one_click_stops_the_mails_without_a_cookie_and_as_often_as_asked(mailing, reader):
    path = links(mailing, reader)["stop"]
    for _time in range(2):
        answer = Client(enforce_csrf_checks=True).post(
            path, ONE_CLICK, headers={"sec-fetch-site": "cross-site"}
        )
        assert answer.status_code == 200
    assert reader.subscriptions.get().state == Subscription.State.ENDED
    line = Consent.objects.filter(supporter=reader, action=Consent.Action.WITHDRAWN).get()
    assert line.method == Consent.Method.ONE_CLICK


def test_no_other_door_can_be_posted_to(mailing, reader):
    before = every_row()
    for code, path in links(mailing, reader).items():
        if code != "stop":
            assert Client().post(path, ONE_CLICK).status_code == 405
    assert changed(before, every_row()) == set()


def test_signing_ends_with_the_action_and_stopping_does_not(mailing, reader):
    action = make_urgent_action()
    issue = UrgentActionIssue.objects.get(urgent_action=action)
    mailing.case_id, mailing.issue_id, mailing.asks_to_act = action.case_id, issue.pk, True
    mailing.save()
    paths = links(mailing, reader)
    assert Client().get(paths["sign"]).status_code == 302
    UrgentActionIssue.objects.update(state=UrgentActionIssue.State.STOPPED)
    assert Client().get(paths["sign"]).status_code == 410
    assert Client().get(paths["stop"]).status_code == 302


def test_a_link_outlives_the_row_of_its_delivery(mailing, reader):
    start(make_mailing(audience=reader_audience(reader)))
    Delivery.objects.all().delete()
    assert Client().get(links(mailing, reader)["stop"]).status_code == 302


def test_somebody_who_is_gone_finds_a_kind_page(mailing, reader):
    paths = links(mailing, reader)
    Subscription.objects.all().delete()
    Supporter.objects.filter(pk=reader.pk).delete()
    for code, path in paths.items():
        page = Client().get(path, follow=True)
        assert page.status_code in {200, 410}, code
        assert "Traceback" not in page.content.decode()


def test_whose_name_we_do_not_know_finds_the_form(mailing, reader):
    Supporter.objects.filter(pk=reader.pk).update(family_name="")
    page = Client().get(links(mailing, reader)["sign"], follow=True)
    assert page.status_code == 200
    assert f"source={mailing.code}" in page.redirect_chain[-1][0]


def test_an_unknown_door_is_no_page(site):
    assert Client().get("/en/m/nothing/1-2-3/").status_code == 404


def test_links_are_short_enough_for_every_mail_program(mailing, reader):
    for path in links(mailing, reader).values():
        assert re.fullmatch(r"/en/m/[a-z-]+/[0-9a-f]+-[0-9a-f]{12}-[\w-]{20}/", path)
        assert len(path) < 70


def test_whoever_said_it_was_not_me_is_known_by_no_earlier_link(mailing, reader):
    Supporter.objects.filter(pk=reader.pk).update(
        recognised_from=timezone.now() + timedelta(seconds=1)
    )
    page = Client().get(links(mailing, reader)["sign"], follow=True)
    assert "M···" not in page.content.decode()

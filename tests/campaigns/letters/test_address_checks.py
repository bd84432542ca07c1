"""The address book says what is the matter with it, and takes one press for an answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from campaigns.cases.models import DiplomaticMission, OfficeHolder
from campaigns.letters.address_checks import Concern, addresses_to_check
from campaigns.letters.models import IssueTarget, PostalSuspension
from home import setup
from tests.factories.facts import labels, make_country, make_office, make_urgent_action
from tests.factories.solidarity import make_english_staff
from tests.pages import ServedPage

pytestmark = pytest.mark.django_db


def days_ago(days: int):
    return timezone.localdate() - timedelta(days=days)


def concerns(now) -> dict:
    return {finding.where: finding.concerns for finding in addresses_to_check(now=now)}


def embassy(**fields) -> DiplomaticMission:
    return DiplomaticMission.objects.create(
        **{
            "sending_country": make_country(),
            "accredited_in": "BE",
            "title": labels("Embassy"),
            "email": "embassy@example.org",
            "verified_on": days_ago(20),
            **fields,
        }
    )


def test_each_address_is_listed_with_what_is_the_matter(now, django_assert_num_queries):
    make_office(title=labels("nothing"), verified_on=days_ago(182))
    unchecked = make_office(verified_on=None)
    dead = make_office(email="dead@example.org", email_dead_since=days_ago(3))
    unreachable = make_office(postal_lines="", email="x@example.org", email_dead_since=days_ago(3))
    ended, held = make_office(), make_office()
    OfficeHolder.objects.create(office=ended, since=days_ago(90), until=days_ago(1))
    OfficeHolder.objects.create(office=held, since=days_ago(90), until=days_ago(0))
    suspended = make_office(country=make_country("XM"))
    make_office(country=suspended.country, postal_lines="", phone="+44 20 7946 0112")
    PostalSuspension.objects.create(country=suspended.country, since=days_ago(2))
    PostalSuspension.objects.create(country=make_country(), since=days_ago(9), until=days_ago(1))
    none = embassy(is_none=True, email="", fallback=labels("Write to Paris"))
    with django_assert_num_queries(5):
        found = concerns(now)
    assert found == {
        unreachable: (Concern.UNREACHABLE, Concern.EMAIL_DEAD),
        dead: (Concern.EMAIL_DEAD,),
        ended: (Concern.TERM_ENDED,),
        unchecked: (Concern.UNCHECKED,),
        suspended: (Concern.POST_SUSPENDED,),
    }
    assert list(found) == [unreachable, dead, ended, unchecked, suspended]
    assert none not in found


def test_what_people_write_to_comes_first_and_is_looked_at_anew(now):
    make_office(title=labels("later"), postal_lines="")
    near, far = make_urgent_action(days_left=14), make_urgent_action(days_left=15)
    nearer = make_urgent_action(days_left=2)
    for action in (near, far, nearer):
        IssueTarget.objects.create(issue=action.issues.get(), role=IssueTarget.Role.EMBASSY)
        office = action.issues.get().targets.exclude(office=None).get().office
        type(office).objects.filter(pk=office.pk).update(verified_on=days_ago(15))
    here = embassy()
    elsewhere = embassy(accredited_in="NL")
    found = addresses_to_check(now=now)
    offices = [a.issues.get().targets.exclude(office=None).get().office for a in (nearer, near)]
    assert [(finding.where, finding.concerns) for finding in found[:3]] == [
        (here, (Concern.DEADLINE,)),
        (offices[0], (Concern.DEADLINE,)),
        (offices[1], (Concern.DEADLINE,)),
    ]
    assert found[0].needed_until == days_ago(-2)
    assert len(found) == 4
    assert elsewhere not in concerns(now)
    DiplomaticMission.objects.filter(pk=here.pk).update(verified_on=days_ago(14))
    assert here not in concerns(now)


def test_where_there_is_no_embassy_the_one_instead_is_looked_at(now):
    action = make_urgent_action(days_left=3)
    IssueTarget.objects.create(issue=action.issues.get(), role=IssueTarget.Role.EMBASSY)
    instead = embassy(accredited_in="NL")
    embassy(is_none=True, email="", fallback_mission=instead)
    assert concerns(now) == {instead: (Concern.DEADLINE,)}


def presses(client) -> dict[str, str]:
    """The buttons of the report, by their words."""
    page = ServedPage(client.get(reverse("report_unverified")).text)
    return {
        " ".join(button.words.split()): button.attributes["formaction"]
        for button in page.all("button")
        if any(parent.attributes.get("data-form") == "staff-address" for parent in button.parents)
    }


def test_one_press_says_that_an_address_is_right_or_that_mails_come_back(client, site):
    client.force_login(make_english_staff(setup.CAMPAIGNERS))
    office = make_office(verified_on=None, email="minister@example.org", title=labels("Warden"))
    mission = embassy(verified_on=None)
    found = presses(client)
    assert len(found) == 4
    for words, path in found.items():
        assert client.get(path).status_code == 405
        assert client.post(path).status_code == 303, words
    assert len(presses(client)) == 2
    for where, kind in ((office, "offices"), (mission, "diplomatic_missions")):
        where.refresh_from_db()
        assert (where.verified_on, where.email_dead_since) == (days_ago(0), days_ago(0))
        # Said before, it stays as it was said.
        type(where).objects.filter(pk=where.pk).update(email_dead_since=days_ago(5))
        client.post(reverse("press_address", args=[kind, where.pk, "returned"]))
        where.refresh_from_db()
        assert where.email_dead_since == days_ago(5)
    assert {entry.action for entry in ModelLogEntry.objects.filter(object_id=str(office.pk))} == {
        "cases.check_address", "cases.note_returned_mails"
    }  # fmt: skip


def test_whoever_only_reads_the_report_presses_nothing(client, site):
    office = make_office(verified_on=None)
    client.force_login(make_english_staff(setup.MODERATORS))
    assert presses(client) == {}
    for kind, press in (("offices", "checked"), ("offices", "deleted"), ("countries", "checked")):
        path = reverse("press_address", args=[kind, office.pk, press])
        # Beside refusals: what is not there is looked for below a language first.
        assert client.post(path).status_code in {302, 403, 404}
    office.refresh_from_db()
    assert office.verified_on is None

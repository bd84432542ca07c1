"""Every address of the admin that shows or changes supporters, walked through in every role."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.urls import URLPattern, reverse

from campaigns.supporters.models import Supporter
from campaigns.supporters.services.notes import write_note
from home import setup
from home.viewsets import SupportersGroup
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import ask_for, make_staff, make_supporter, sign
from tests.rows import changed, every_row

pytestmark = pytest.mark.django_db
CANARY = "canary@example.org"
OTHER_ROLES = [setup.EDITORS, setup.TRANSLATORS, setup.MODERATORS, setup.CAMPAIGNERS]
VIEWSETS = {viewset.name: viewset for viewset in SupportersGroup.items}
ACTS = ["note", "correct", "send-link", "end", "lift", "erase"]
# Logging in, and that somebody looked.
TRACES = {"sessions.Session", "users.User", "wagtailcore.ModelLogEntry"}


@pytest.fixture
def people(site, now):
    sign(make_petition(), email=CANARY, given_name="Canary", now=now)
    ask_for(make_formula(), email=CANARY, now=now)
    make_supporter(email="canary@example.com", given_name="Canary", confirmed_at=now)
    write_note(supporter=Supporter.objects.first(), text="Canary rang.", by=None, now=now)


def value_for(viewset, name: str, converter: str) -> object:
    """A real key where there is a row, else one that fits the address."""
    if name == "name":
        return "erase"
    if name == "other":
        return Supporter.objects.order_by("-pk").values_list("pk", flat=True).first()
    row = viewset.model.objects.order_by("pk").first() if hasattr(viewset, "model") else None
    if row is not None:
        return row.pk
    return uuid4() if converter == "UUIDConverter" else 1


def addresses(viewset) -> Iterator[str]:
    """Every address of a viewset, with every act that a page has."""
    for pattern in viewset.get_urlpatterns():
        if not isinstance(pattern, URLPattern) or not pattern.name:
            continue
        converters = pattern.pattern.converters
        values = {
            name: value_for(viewset, name, type(converter).__name__)
            for name, converter in converters.items()
        }
        path = reverse(viewset.get_url_name(pattern.name), kwargs=values)
        yield path
        if "name" in converters:
            for act in ACTS:
                yield path.replace("/do/erase/", f"/do/{act}/")


@pytest.mark.parametrize("role", OTHER_ROLES)
def test_no_other_role_reads_or_changes_anything(client, people, role):
    client.force_login(make_staff(role))
    before = every_row()
    walked = 0
    for viewset in VIEWSETS.values():
        for path in addresses(viewset):
            for response in (
                client.get(path),
                client.post(path, {"q": "canary", "number": "1", "reason": "BY_MAIL", "text": "x"}),
            ):
                # 404 where no row is asked for, 405 where nothing can be posted.
                assert response.status_code in {302, 403, 404, 405}, path
                if response.status_code == 302:
                    # Or, of what is not there, to the same address with a language.
                    assert response.url in {reverse("wagtailadmin_home"), f"/fr{path}"}, path
                assert ("canary" in response.content.decode().lower()) is False, path
            walked += 1
    assert walked > 30
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}


def test_the_public_is_asked_to_log_in(client, people):
    before = every_row()
    for viewset in VIEWSETS.values():
        for path in addresses(viewset):
            for response in (client.get(path), client.post(path, {"q": "canary"})):
                assert response.status_code == 302, path
                assert response.url.startswith(reverse("wagtailadmin_login")), path
    assert changed(before, every_row()) <= {"sessions.Session"}


@pytest.mark.parametrize("who", [setup.SUPPORTER_SERVICE, "administrator"])
def test_looking_changes_nothing_but_the_log(client, admin_user, people, who):
    client.force_login(admin_user if who == "administrator" else make_staff(who))
    before = every_row()
    opened = 0
    for viewset in VIEWSETS.values():
        for path in addresses(viewset):
            response = client.get(path)
            assert response.status_code in {200, 302, 404, 405}, path
            opened += response.status_code == 200
    assert opened > 15
    assert changed(before, every_row()) <= TRACES


@pytest.mark.parametrize("who", [setup.SUPPORTER_SERVICE, "administrator"])
@pytest.mark.parametrize("act", ACTS)
def test_those_who_may_are_offered_the_acts_of_a_persons_page(client, admin_user, people, who, act):
    client.force_login(admin_user if who == "administrator" else make_staff(who))
    supporter = Supporter.objects.get(email=CANARY)
    path = reverse("staff_supporters:transition", args=[supporter.pk, act])
    assert client.get(path).status_code == 200
    page = client.get(reverse("staff_supporters:inspect", args=[supporter.pk])).text
    # There is nothing to lift.
    assert (path in page) is (act != "lift")


def test_the_menu_is_in_the_order_of_the_work(client, people):
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    menu = client.get(reverse("wagtailadmin_home")).text
    wanted = [
        "find_supporter",
        "staff_supporters",
        "imports",
        "exports",
        "signatures",
        "subscriptions",
        "consents",
        "outgoing_messages",
        "suppressions",
    ]
    places = [menu.index(f'"{VIEWSETS[name].menu_url}"') for name in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("role", OTHER_ROLES)
def test_other_roles_are_not_offered_the_search(client, people, role):
    client.force_login(make_staff(role))
    menu = client.get(reverse("wagtailadmin_home")).text
    assert (reverse("find_supporter:find") in menu) is False


def test_the_acts_named_here_are_all(people):
    found = [transition.name for transition in VIEWSETS["staff_supporters"].transitions]
    assert found == ACTS


def test_who_looked_at_whom_is_found_in_the_sites_history(client, admin_user, people):
    staff = make_staff(setup.SUPPORTER_SERVICE)
    client.force_login(staff)
    supporter = Supporter.objects.get(email=CANARY)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.get(reverse("staff_supporters:inspect", args=[supporter.pk]))
    client.force_login(admin_user)
    history = client.get(reverse("wagtailadmin_reports:site_history")).text
    assert (staff.username in history) is True
    assert (f"Supporter {supporter.pk}" in history) is True
    assert (CANARY in history) is False

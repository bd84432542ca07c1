"""Who may look at people: the supporter service, and nobody writes what services write."""

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from campaigns.cases.models import DiplomaticMission, Situation, SituationEvent, Theme
from campaigns.letters.models import PostageRate, PostalSuspension, Reply
from campaigns.mailboxes import mailbox_key
from campaigns.mailings import models
from campaigns.outbox.models import Suppression
from campaigns.outbox.services import suppress
from campaigns.outbox.viewsets import outgoing_message_viewset
from campaigns.petitions.models import EmbedPartner, Signature
from campaigns.petitions.viewsets import petition_viewset, signature_viewset
from campaigns.supporters.viewsets import (
    consent_viewset,
    formula_viewset,
    subscription_viewset,
    supporter_viewset,
)
from home import setup
from home.viewsets import CampaignsGroup, MailingsGroup, SupportersGroup
from tests.factories.facts import labels, make_formula, make_petition, make_urgent_action
from tests.factories.mailings import make_mailing
from tests.factories.pages import make_standard_page
from tests.factories.people import ask_for, make_staff, sign
from tests.factories.solidarity import make_friend, make_marathon, write_and_confirm
from tests.rows import changed, every_row
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db
# The search and the files that come and go are walked through in `test_supporter_service`.
NO_LEDGERS = {"find_supporter", "imports", "exports"}
LEDGERS = {
    viewset.name: viewset for viewset in SupportersGroup.items if viewset.name not in NO_LEDGERS
}
OTHER_ROLES = [setup.EDITORS, setup.TRANSLATORS, setup.MODERATORS, setup.CAMPAIGNERS]
CANARY = "canary@example.org"


@pytest.fixture
def people(site, now):
    """A person with a signature, a subscription, consents and mails."""
    sign(make_petition(), email=CANARY, given_name="Canary", now=now)
    ask_for(make_formula(), email=CANARY, now=now)
    suppress(
        mailbox=mailbox_key(CANARY),
        scope=Suppression.Scope.SUBSCRIBED,
        reason=Suppression.Reason.STAFF,
        now=now,
    )


def addresses(viewset) -> dict[str, str]:
    """Every address of a list of rows, with a real row where one is needed."""
    key = str(viewset.model.objects.order_by("pk").values_list("pk", flat=True).first())
    found = {}
    for pattern in viewset.get_urlpatterns():
        name = viewset.get_url_name(pattern.name)
        for arguments in ([], [key]):
            try:
                found[pattern.name] = reverse(name, args=arguments)
            except NoReverseMatch:
                continue
    return found


def test_every_list_of_people_is_looked_at():
    assert set(LEDGERS) >= {
        supporter_viewset.name,
        signature_viewset.name,
        subscription_viewset.name,
        consent_viewset.name,
        outgoing_message_viewset.name,
    }


@pytest.mark.parametrize("role", OTHER_ROLES)
@pytest.mark.parametrize("ledger", LEDGERS)
def test_no_other_role_reaches_people(client, people, role, ledger):
    client.force_login(make_staff(role))
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    for name, path in addresses(LEDGERS[ledger]).items():
        for ask in (client.get, client.post):
            response = ask(path)
            assert response.status_code in {302, 403, 404, 405}, (name, path)
            assert "canary" not in response.content.decode().lower()


@pytest.mark.parametrize("role", [*OTHER_ROLES, setup.SUPPORTER_SERVICE])
def test_the_menu_shows_people_to_the_supporter_service_alone(client, people, role):
    client.force_login(make_staff(role))
    menu = client.get(reverse("wagtailadmin_home")).text
    shown = reverse(supporter_viewset.get_url_name("index")) in menu
    assert shown is (role == setup.SUPPORTER_SERVICE)


FACTS = {viewset.name: viewset for viewset in CampaignsGroup.items}
# What each role may look at in the menu of facts; nobody else sees any of it.
SEES = {
    setup.CAMPAIGNERS: set(FACTS),
    setup.MODERATORS: {
        *("cases", "urgent_actions", "urgent_action_issues", "offices"),
        *("editions", "solidarity_messages"),
    },
    setup.SUPPORTER_SERVICE: {"staff_petitions"},
    setup.EDITORS: set(),
    setup.TRANSLATORS: set(),
}


@pytest.fixture
def facts(people, now):
    """A row of everything that campaigns are made of."""
    action = make_urgent_action()
    SituationEvent.objects.create(
        case=action.case, occurred_on=timezone.localdate(), situation=Situation.CHARGED
    )
    Theme.objects.create(code="water", name=labels("Water"))
    DiplomaticMission.objects.create(
        sending_country=action.case.country, accredited_in="BE", title=labels("Embassy")
    )
    friend = make_friend()
    make_marathon(friend)
    write_and_confirm(friend, email=CANARY)
    Reply.objects.create(urgent_action=action, text=CANARY, language="fr", received_at=now)
    PostageRate.objects.create(price=2, valid_from=timezone.localdate())
    PostalSuspension.objects.create(country=action.case.country, since=timezone.localdate())
    EmbedPartner.objects.create(name="Weekly", origin="https://weekly.example.net", code="weekly")


@pytest.mark.parametrize("role", SEES)
def test_the_menu_shows_each_role_the_facts_it_works_with(client, facts, role):
    client.force_login(make_staff(role))
    menu = client.get(reverse("wagtailadmin_home")).text
    shown = {
        name
        for name, viewset in FACTS.items()
        if f'"{reverse(viewset.get_url_name("index"))}"' in menu
    }
    assert shown == SEES[role]


@pytest.mark.parametrize("role", SEES)
@pytest.mark.parametrize("kind", FACTS)
def test_a_list_of_facts_opens_for_those_who_see_it_in_the_menu(client, facts, kind, role):
    client.force_login(make_staff(role))
    response = client.get(reverse(FACTS[kind].get_url_name("index")))
    assert (response.status_code == 200) is (kind in SEES[role])


@pytest.mark.parametrize("role", [role for role in SEES if role != setup.CAMPAIGNERS])
@pytest.mark.parametrize("kind", FACTS)
def test_nobody_but_campaigners_writes_facts(client, facts, kind, role):
    """Except an issue's draft, which a moderator may correct and then does not review."""
    client.force_login(make_staff(role))
    before = every_row()
    for name, path in addresses(FACTS[kind]).items():
        if name in {"add", "edit", "delete", "copy"}:
            if (role, kind, name) == (setup.MODERATORS, "urgent_action_issues", "edit"):
                continue
            for response in (client.get(path), client.post(path, {})):
                assert response.status_code in {302, 403, 404}, (name, path)
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}


@pytest.mark.parametrize("kind", FACTS)
def test_campaigners_delete_nothing(client, facts, kind):
    """What has been is history; a case is removed by an administrator, from its workspace."""
    client.force_login(make_staff(setup.CAMPAIGNERS))
    before = FACTS[kind].model.objects.count()
    path = addresses(FACTS[kind]).get("delete")
    if path:
        client.post(path)
    assert FACTS[kind].model.objects.count() == before


@pytest.mark.parametrize(
    "kind", ["situation_events", "consents_of_cases", "urgent_action_issues", "replies"]
)
@pytest.mark.parametrize("who", ["campaigner", "superuser"])
def test_what_services_make_is_added_and_deleted_by_nobody(client, facts, admin_user, kind, who):
    client.force_login(admin_user if who == "superuser" else make_staff(setup.CAMPAIGNERS))
    before = every_row()
    for name, path in addresses(FACTS[kind]).items():
        if name in {"add", "delete", "copy"}:
            for response in (client.get(path), client.post(path, {"scope": "IMAGE"})):
                assert response.status_code in {302, 403, 404}, name
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}


def test_a_consent_is_not_rewritten_by_a_superuser_either(client, facts, admin_user):
    client.force_login(admin_user)
    path = addresses(FACTS["consents_of_cases"]).get("edit")
    before = every_row()
    if path:
        for response in (client.get(path), client.post(path, {"scope": "IMAGE"})):
            assert response.status_code in {302, 403, 404}
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}


MAILINGS = {viewset.name: viewset for viewset in MailingsGroup.items}
CALENDAR = "mailing_calendar"
SEES_MAILINGS = {
    setup.CAMPAIGNERS: set(MAILINGS),
    setup.MODERATORS: {"mailings_of_staff", "audiences", CALENDAR},
    # Who got it; whom it is meant for is not theirs to say.
    setup.SUPPORTER_SERVICE: {"mailings_of_staff", CALENDAR},
    setup.EDITORS: set(),
    setup.TRANSLATORS: set(),
}


@pytest.fixture
def mailings(site):
    """A mailing, its audience and a test reader."""
    mailing = make_mailing()
    models.ProofReader.objects.create(name="Nele", email=CANARY, language="nl")
    return mailing


@pytest.mark.parametrize("role", SEES_MAILINGS)
def test_the_menu_shows_mailings_to_those_who_work_with_them(client, mailings, role):
    client.force_login(make_staff(role))
    menu = client.get(reverse("wagtailadmin_home")).text
    paths = {name: reverse(viewset.get_url_name("index")) for name, viewset in MAILINGS.items()}
    assert {name for name, path in paths.items() if f'"{path}"' in menu} == SEES_MAILINGS[role]
    opens = {name for name, path in paths.items() if client.get(path).status_code == 200}
    assert opens == SEES_MAILINGS[role]


@pytest.mark.parametrize("role", [role for role in SEES_MAILINGS if role != setup.CAMPAIGNERS])
@pytest.mark.parametrize("kind", [name for name in MAILINGS if name != CALENDAR])
def test_nobody_but_campaigners_writes_mailings(client, mailings, kind, role):
    client.force_login(make_staff(role))
    before = every_row()
    for name, path in addresses(MAILINGS[kind]).items():
        if name in {"add", "edit", "delete", "copy"}:
            for response in (client.get(path), client.post(path, {})):
                assert response.status_code in {302, 403, 404}, (name, path)
    assert changed(before, every_row()) <= {"sessions.Session", "users.User"}


# What each role may press; a superuser is above this, and still no author approves.
PRESSES = {
    setup.CAMPAIGNERS: {"submit", "send-back", "schedule", "send", "pause", "cancel", "test"},
    setup.MODERATORS: {"approve", "send-back", "schedule", "send", "pause", "cancel", "test"},
    setup.SUPPORTER_SERVICE: set(),
    setup.EDITORS: set(),
    setup.TRANSLATORS: set(),
}


@pytest.mark.parametrize("role", PRESSES)
def test_each_role_has_its_own_buttons_on_a_mailing(client, mailings, role):
    client.force_login(make_staff(role))
    names = {name for pressed in PRESSES.values() for name in pressed}
    may = {
        name
        for name in names
        if client.get(reverse("mailings_of_staff:transition", args=[mailings.pk, name])).status_code
        == 200
    }
    assert may == PRESSES[role]


@pytest.mark.parametrize("who", ["campaigner", "superuser"])
def test_a_mailing_and_its_audience_are_deleted_by_nobody(client, admin_user, mailings, who):
    client.force_login(admin_user if who == "superuser" else make_staff(setup.CAMPAIGNERS))
    for kind in ("mailings_of_staff", "audiences"):
        client.post(addresses(MAILINGS[kind])["delete"])
        assert MAILINGS[kind].model.objects.count() == 1


def test_the_public_reaches_nothing_of_the_admin(client, people):
    for viewset in LEDGERS.values():
        for path in addresses(viewset).values():
            response = client.get(path)
            assert response.status_code == 302
            assert response.url.startswith(reverse("wagtailadmin_login"))


@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_supporter_service_looks_at_people(client, people, ledger):
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    viewset = LEDGERS[ledger]
    found = addresses(viewset)
    assert client.get(found["index"]).status_code == 200
    assert client.get(found["inspect"]).status_code == 200


def test_no_address_travels_in_the_address_of_a_staff_page(client, people):
    """Searching for people comes with a form that posts; a query would end up in access logs."""
    client.force_login(make_staff(setup.SUPPORTER_SERVICE))
    index = client.get(reverse(supporter_viewset.get_url_name("index"))).text
    assert CANARY in index
    assert 'name="q"' not in index


@pytest.mark.parametrize("who", ["supporter service", "superuser"])
@pytest.mark.parametrize("ledger", LEDGERS)
def test_nobody_adds_edits_or_deletes_a_line_of_a_ledger(client, admin_user, people, ledger, who):
    client.force_login(admin_user if who == "superuser" else make_staff(setup.SUPPORTER_SERVICE))
    viewset = LEDGERS[ledger]
    before = every_row()
    for name, path in addresses(viewset).items():
        if name in {"add", "edit", "delete", "copy"}:
            for response in (client.get(path), client.post(path, {"email": "x@example.org"})):
                assert response.status_code in {302, 403, 404}, (name, response.status_code)
    touched = changed(before, every_row())
    assert touched <= {"sessions.Session", "users.User"}


@pytest.mark.parametrize("action", ["delete"])
@pytest.mark.parametrize("ledger", LEDGERS)
def test_no_bulk_action_deletes_lines_of_a_ledger(client, admin_user, people, ledger, action):
    client.force_login(admin_user)
    meta = LEDGERS[ledger].model._meta
    try:
        path = reverse("wagtail_bulk_action", args=[meta.app_label, meta.model_name, action])
    except NoReverseMatch:
        path = f"/admin/bulk/{meta.app_label}/{meta.model_name}/{action}/"
    before = LEDGERS[ledger].model.objects.count()
    client.post(f"{path}?id={LEDGERS[ledger].model.objects.values_list('pk', flat=True)[0]}")
    assert LEDGERS[ledger].model.objects.count() == before


def test_a_campaigner_works_on_petitions_without_seeing_who_signed(client, people):
    client.force_login(make_staff(setup.CAMPAIGNERS))
    petition = Signature.objects.get().petition
    index = client.get(reverse(petition_viewset.get_url_name("index")))
    assert index.status_code == 200
    assert petition.reference in index.text
    edit = client.get(reverse(petition_viewset.get_url_name("edit"), args=[petition.pk]))
    assert edit.status_code == 200
    for page in (index, edit):
        assert "canary" not in page.text.lower()


def test_a_campaigner_edits_a_formula_in_every_language(client, people):
    client.force_login(make_staff(setup.CAMPAIGNERS))
    formula = make_formula()
    path = reverse(formula_viewset.get_url_name("edit"), args=[formula.pk])
    form = client.get(path)
    assert form.status_code == 200
    typed = {
        "code": formula.code,
        "rhythm": formula.rhythm,
        "channels": ["EMAIL"],
        "theme_choice": "NONE",
        "country_choice": "NONE",
        "case_choice": "NONE",
        "minimum_age": "13",
        "position": "3",
        "is_offered": "on",
    }
    for code in LANGUAGES:
        typed[f"title_{code}"] = f"Titre {code}"
        typed[f"description_{code}"] = f"Texte {code}"
    assert client.post(path, typed).status_code == 302
    formula.refresh_from_db()
    assert formula.title["nl"] == "Titre nl"
    assert client.post(path, {**typed, "title_nl": ""}).status_code == 200
    formula.refresh_from_db()
    assert formula.title["nl"] == "Titre nl"


def test_deleting_what_signatures_stand_on_is_refused_kindly(client, people, admin_user):
    client.force_login(admin_user)
    petition = Signature.objects.get().petition
    path = reverse(petition_viewset.get_url_name("delete"), args=[petition.pk])
    response = client.post(path, follow=True)
    assert "signatures" in response.text
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (setup.EDITORS, True),
        (setup.MODERATORS, True),
        (setup.TRANSLATORS, True),
        (setup.SUPPORTER_SERVICE, False),
    ],
)
def test_pages_are_edited_by_those_who_write_them(client, people, role, may):
    page = make_standard_page()
    client.force_login(make_staff(role))
    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert (response.status_code == 200) is may


def test_what_people_do_is_not_in_the_reference_index_or_the_audit_log(people):
    from wagtail.models import ModelLogEntry, PageLogEntry, ReferenceIndex

    for model in (ReferenceIndex, ModelLogEntry, PageLogEntry):
        assert CANARY not in str(list(model.objects.values()))

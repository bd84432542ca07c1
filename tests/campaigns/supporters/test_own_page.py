"""What people see of themselves on their own page, and what they can do there."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.mailboxes import mailbox_key
from campaigns.outbox.selectors import suppressions_of
from campaigns.petitions.models import Signature, Tally
from campaigns.petitions.services import confirm_signature, tally_signatures
from campaigns.supporters.models import (
    AccessRequest,
    AddressChange,
    Consent,
    ContactPoint,
    Subscription,
    Supporter,
    SupporterNote,
)
from tests.factories.facts import make_formula, make_petition
from tests.factories.people import make_supporter, sign
from tests.pages import ServedPage
from tests.steps import FROM_HERE, address, deliver_mail, link_in, open_link, press_button

pytestmark = pytest.mark.django_db


@pytest.fixture
def supporter():
    return make_supporter(email="mila@example.org")


@pytest.fixture
def own(client, supporter, mailoutbox):
    """A browser with the page open."""
    client.post(address("supporters:access"), {"email": supporter.email}, headers=FROM_HERE)
    [mail] = deliver_mail(mailoutbox)
    press_button(client, open_link(client, link_in(mail)))
    return client


def page(own):
    answer = own.get(address("supporters:my_page"))
    assert answer.status_code == 200
    return answer.text


def change(own, code, **typed):
    return own.post(address("supporters:change", code), typed, headers=FROM_HERE)


def changed_to(own, supporter, code, **typed):
    assert change(own, code, **typed).status_code == 303
    supporter.refresh_from_db()
    return supporter


def test_it_shows_all_that_is_known(own, supporter, now):
    SupporterNote.objects.create(supporter=supporter, text="Called about a move.", written_at=now)
    petition = make_petition()
    sign(petition, email=supporter.email)
    shown = page(own)
    for words in ("Mila", "Dubreux", "mila@example.org", "Called about a move.", "Ana"):
        assert words in shown
    assert Consent.objects.get().wording.text.split(",")[0] in shown


def test_every_form_of_the_page_has_its_hook_and_its_own_ids(own, supporter):
    make_formula()
    make_formula()
    served = ServedPage(page(own))
    forms = [form for form in served.all("form") if form.attributes.get("method") == "post"]
    assert len(forms) > 8
    hooks = {form.attributes["data-form"] for form in forms}
    assert hooks == {"preferences", "forget-device"}
    ids = [element.attributes["id"] for element in served.elements if element.attributes.get("id")]
    assert len(ids) == len(set(ids))


def test_names_and_language_change_at_once(own, supporter):
    assert changed_to(own, supporter, "names", given_name="Lou", family_name="").given_name == "Lou"
    assert changed_to(own, supporter, "language", language="nl").language == "nl"


def test_a_slip_comes_back_with_what_was_typed(own, supporter):
    answer = change(own, "phone", phone="12")
    assert answer.status_code == 422
    assert 'value="12"' in answer.text
    assert "field__error" in answer.text
    assert not ContactPoint.objects.exists()


def test_phone_and_postal_address_come_and_go(own, supporter):
    change(own, "phone", phone="+44 20 7946 0123")
    change(
        own, "postal", family_name="Dubreux", street="Rue Haute 1", box="", postcode="1348",
        locality="Louvain-la-Neuve", country="BE",
    )  # fmt: skip
    assert ContactPoint.objects.count() == 2
    assert "Rue Haute 1" in page(own)
    change(own, "forget-phone")
    change(own, "forget-postal")
    assert not ContactPoint.objects.exists()


def test_a_formula_is_added_at_once_with_the_words_shown(own, supporter):
    formula = make_formula()
    change(own, "add", formula=formula.pk, language="de")
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.language) == ("ACTIVE", "de")
    given, confirmed = Consent.objects.order_by("pk")
    assert (given.action, given.method) == ("GIVEN", "SELF_SERVICE")
    assert given.wording.text in page(own).replace("&#x27;", "'")
    assert (confirmed.action, confirmed.method) == ("CONFIRMED", "SELF_SERVICE")


def test_a_formula_is_stopped_and_no_other(own, supporter):
    for formula in (make_formula(), make_formula()):
        change(own, "add", formula=formula.pk, language="fr")
    first = Subscription.objects.first()
    change(own, "stop", subscription=first.pk)
    assert Subscription.objects.filter(state="ACTIVE").count() == 1
    assert Consent.objects.filter(action="WITHDRAWN", method="SELF_SERVICE").count() == 1


def test_what_is_for_adults_is_not_begun_by_minors(own, supporter):
    Supporter.objects.update(is_minor=True)
    answer = change(own, "add", formula=make_formula(minimum_age=18).pk, language="fr")
    assert answer.status_code == 422
    assert not Subscription.objects.exists()


def test_nobody_changes_the_mails_of_another(own, now):
    other = make_supporter()
    foreign = Subscription.objects.create(
        supporter=other, formula=make_formula(), language="fr", state="ACTIVE", requested_at=now
    )
    change(own, "stop", subscription=foreign.pk)
    change(own, "formula", subscription=foreign.pk, language="de")
    foreign.refresh_from_db()
    assert (foreign.state, foreign.language) == ("ACTIVE", "fr")


@pytest.mark.parametrize(
    ("days", "status"), [(-1, 422), (0, 422), (1, 303), (365, 303), (400, 422)]
)
def test_a_pause_lasts_a_year_at_most(own, supporter, days, status):
    until = timezone.localdate() + timedelta(days=days)
    assert change(own, "pause", until=until.isoformat()).status_code == status
    supporter.refresh_from_db()
    assert supporter.paused_until == (until if status == 303 else None)
    assert changed_to(own, supporter, "end-pause").paused_until is None


def test_fewer_mails_and_no_limit_again(own, supporter):
    assert changed_to(own, supporter, "limit", most="2").most_mails_a_month == 2
    assert changed_to(own, supporter, "limit", most="").most_mails_a_month is None


def test_a_withdrawn_signature_is_deleted_and_no_longer_counted(own, supporter, now):
    signature = sign(make_petition(), email=supporter.email)
    confirm_signature(signature=signature, now=now)
    tally_signatures(now=now)
    change(own, "withdraw", section="signatures", row=str(signature.pk))
    assert not Signature.objects.exists()
    assert Consent.objects.latest("pk").action == "WITHDRAWN"
    tally_signatures(now=now)
    assert Tally.objects.get().confirmed == 0


def test_nobody_withdraws_the_signature_of_another(own):
    foreign = sign(make_petition(), email="else@example.org")
    for row in (str(foreign.pk), "", "rubbish"):
        change(own, "withdraw", section="signatures", row=row)
    assert Signature.objects.get() == foreign


def test_the_address_changes_once_the_new_mailbox_has_said_yes(own, supporter, mailoutbox):
    change(own, "address", email="new@example.org")
    mails = {mail.to[0]: mail for mail in deliver_mail(mailoutbox)}
    assert set(mails) == {"new@example.org", "mila@example.org"}
    assert "new@example.org" not in mails["mila@example.org"].body
    supporter.refresh_from_db()
    assert supporter.email == "mila@example.org"
    link = open_link(own, link_in(mails["new@example.org"]))
    assert "@" not in ServedPage(link.text).all("main")[0].words
    press_button(own, link)
    supporter.refresh_from_db()
    assert supporter.email == supporter.email_canonical == "new@example.org"
    assert own.get(address("supporters:my_page")).status_code == 410
    [former] = suppressions_of(mailbox_key("mila@example.org"))
    assert (former.scope, former.reason) == ("IMPORT", "MOVED")


def test_a_change_can_be_taken_back(own, supporter, mailoutbox):
    change(own, "address", email="new@example.org")
    mails = {mail.to[0]: mail for mail in deliver_mail(mailoutbox)}
    change(own, "keep-address")
    assert open_link(own, link_in(mails["new@example.org"])).status_code == 410
    assert not AddressChange.objects.exists()


def test_an_address_that_has_an_entry_of_its_own_joins_the_two(own, supporter, mailoutbox):
    other = make_supporter(email="new@example.org", given_name="")
    signature = sign(make_petition(), email=supporter.email)
    change(own, "address", email="new@example.org")
    [mail] = [m for m in deliver_mail(mailoutbox) if "/confirm-address/" in m.body]
    press_button(own, open_link(own, link_in(mail)))
    assert Supporter.objects.get() == other
    signature.refresh_from_db()
    assert signature.supporter == other


def test_everything_can_be_taken_along(own, supporter):
    sign(make_petition(), email=supporter.email)
    download = own.get(address("supporters:download"))
    assert "attachment" in download.headers["Content-Disposition"]
    assert "mila@example.org" in json.dumps(download.json())
    read = own.get(address("supporters:read_all"))
    assert "mila@example.org" in read.text
    for answer in (download, read):
        assert "no-store" in answer.headers["Cache-Control"]


def test_erasing_takes_two_steps_and_forgets_who_it_was(own, supporter):
    petition = make_petition()
    sign(petition, email=supporter.email)
    step = own.get(address("supporters:erase"))
    assert step.status_code == 200
    assert Supporter.objects.exists()
    answer = own.post(address("supporters:erase"), headers=FROM_HERE)
    assert own.get(answer.url).status_code == 200
    assert not Supporter.objects.filter(email="mila@example.org").exists()
    assert Signature.objects.get().supporter is None
    assert own.get(address("supporters:my_page")).status_code == 410
    assert not AccessRequest.objects.filter(mailbox=supporter.mailbox).exists()


def test_a_form_of_another_site_changes_nothing(own, supporter):
    answer = own.post(
        address("supporters:change", "stop-all"), headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_reading_changes_nothing(own, supporter):
    from tests.rows import changed, every_row

    before = every_row()
    for name in ("my_page", "read_all", "download", "erase"):
        for ask in (own.get, own.head, own.options):
            ask(address(f"supporters:{name}"), {"saved": "names"})
    assert changed(before, every_row()) == set()

"""Who is imported, who is not, and what is written down about it."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.utils import timezone

from campaigns.mailboxes import mailbox_key
from campaigns.outbox.models import OutgoingMessage, Suppression
from campaigns.supporters.models import Consent, ContactPoint, Subscription, Supporter
from campaigns.supporters.services import confirm_subscription, end_subscription
from campaigns.transfers.models import ImportJob
from campaigns.transfers.services import cancel_import
from tests.factories.facts import make_formula
from tests.factories.people import ask_for, make_supporter

from .conftest import SENTENCE, csv_of

pytestmark = pytest.mark.django_db
State = Subscription.State


def problems(job):
    return [(problem.line, problem.column, problem.problem) for problem in job.problems.all()]


def counted(job):
    return {
        name: getattr(job, name)
        for name in ("added", "subscribed", "unchanged", "withdrawn", "silent", "refused")
        if getattr(job, name)
    }


def test_a_row_with_its_proof_becomes_a_subscriber_who_gets_no_mail(clerk, formula):
    job = clerk.run(csv_of("Mila@Example.org;2024-05-03;Binder 12, sheet 4"))
    assert job.state == ImportJob.State.DONE
    assert counted(job) == {"added": 1, "subscribed": 1}
    supporter = Supporter.objects.get()
    assert supporter.email == "Mila@example.org"
    assert timezone.localdate(supporter.confirmed_at) == date(2024, 5, 3)
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.formula) == (State.ACTIVE, formula)
    assert not OutgoingMessage.objects.exists()


def test_the_ledger_says_when_to_which_words_and_where_the_original_is(clerk, formula):
    job = clerk.run(csv_of("mila@example.org;03/05/2024;Binder 12"))
    given, confirmed = Consent.objects.order_by("action").reverse()
    assert {given.action, confirmed.action} == {"GIVEN", "CONFIRMED"}
    assert {given.method, confirmed.method} == {"IMPORT"}
    assert {given.about, confirmed.about} == {"formula:urgent"}
    assert given.wording.text == SENTENCE
    assert given.proof == f"2024-05-03, Binder 12 (import {job.pk}, 2)"


def test_everything_that_a_file_may_hold_is_stored(clerk, formula):
    make_formula(code="Monthly", channels=["EMAIL", "POST"])
    job = clerk.run(
        csv_of(
            "mila@example.org;Mila;Dubreux;Nederlands;Belgique;1990-02-01;020 7946 0018;"
            "Rue Haute 12;3;1000;Bruxelles;monthly;2024-05-03;Ja, ik wil.;Binder",
            headings="E-mail;Prénom;Nom;Langue;Pays;Date de naissance;Téléphone;Rue;Boîte;"
            "Code postal;Localité;Formule;Date du consentement;Texte du consentement;Preuve",
        ).replace("020 7946 0018", "+44 20 7946 0018"),
        formula=None,
        wording="",
    )
    assert problems(job) == []
    supporter = Supporter.objects.get()
    assert (supporter.given_name, supporter.family_name) == ("Mila", "Dubreux")
    assert (supporter.language, supporter.country, supporter.is_minor) == ("nl", "BE", False)
    values = {point.kind: point.value for point in ContactPoint.objects.all()}
    assert values["PHONE"] == "+442079460018"
    assert '"box": "3"' in values["POSTAL"]
    assert Subscription.objects.get().formula.code == "Monthly"
    assert Consent.objects.count() == 4
    assert {line.wording.text for line in Consent.objects.exclude(wording=None)} == {"Ja, ik wil."}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (";2024-05-03;Binder", ("email", "NO_ADDRESS")),
        ("mila;2024-05-03;Binder", ("email", "BAD_ADDRESS")),
        ("mila@mailinator.com;2024-05-03;Binder", ("email", "DISPOSABLE")),
        ("mila@example.org;;Binder", ("given_on", "NO_DATE")),
        ("mila@example.org;05/31/2024;Binder", ("given_on", "BAD_DATE")),
        ("mila@example.org;2999-01-01;Binder", ("given_on", "FUTURE")),
        ("mila@example.org;2024-05-03;", ("proof", "NO_PROOF")),
        (f"mila@example.org;2024-05-03;{'x' * 151}", ("proof", "LONG_PROOF")),
    ],
)
def test_a_row_without_address_or_proof_is_refused_and_said_why(clerk, formula, row, expected):
    job = clerk.run(csv_of(row, "joris@example.org;2024-05-03;Binder"))
    assert problems(job) == [(2, *expected)]
    assert counted(job) == {"added": 1, "subscribed": 1, "refused": 1}
    assert Supporter.objects.get().email == "joris@example.org"


def test_a_row_without_the_words_that_were_agreed_to_is_refused(clerk, formula):
    headings = "email;consent date;proof;wording"
    job = clerk.run(csv_of("mila@example.org;2024-05-03;Binder;", headings=headings), wording="")
    assert problems(job) == [(2, "wording", "NO_WORDING")]
    assert not Supporter.objects.exists()


def test_what_is_wrong_besides_is_left_out_and_said(clerk, formula):
    job = clerk.run(
        csv_of(
            "mila@example.org;2024-05-03;Binder;Mila://;Klingon;Orvania;12;Rue sans numéro;1000;X",
            headings="email;consent date;proof;prénom;langue;pays;tel;rue;cp;ville",
        )
    )
    assert [problem for _line, _column, problem in problems(job)] == [
        "BAD_COUNTRY", "BAD_LANGUAGE", "BAD_NAME", "BAD_PHONE", "BAD_POSTAL",
    ]  # fmt: skip
    assert counted(job) == {"added": 1, "subscribed": 1}
    assert not any(problem.is_refusal for problem in job.problems.all())
    supporter = Supporter.objects.get()
    assert (supporter.given_name, supporter.language) == ("", "fr")
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize(
    ("age", "is_imported", "is_minor"),
    [("12", False, None), ("13", True, True), ("17", True, True), ("18", True, False)],
)
def test_children_are_not_imported_and_minors_are_marked(
    clerk, formula, age, is_imported, is_minor
):
    clerk.run(
        csv_of(f"mila@example.org;2024-05-03;Binder;{age}", headings="email;consent date;proof;age")
    )
    assert list(Supporter.objects.values_list("is_minor", flat=True)) == (
        [is_minor] if is_imported else []
    )


def test_nobody_below_the_minimum_age_of_the_formula_is_imported(clerk):
    born = (timezone.localdate() - timedelta(days=15 * 366)).isoformat()
    job = clerk.run(
        csv_of(
            f"mila@example.org;2024-05-03;Binder;{born}",
            headings="email;consent date;proof;date of birth",
        ),
        formula=make_formula(minimum_age=16, channels=["EMAIL"]),
    )
    assert problems(job) == [(2, "age", "TOO_YOUNG")]


def test_a_formula_by_post_needs_an_address(clerk):
    formula = make_formula(needs_postal_address=True, channels=["POST"])
    job = clerk.run(csv_of("mila@example.org;2024-05-03;Binder"), formula=formula)
    assert problems(job) == [(2, "street", "NO_POSTAL")]


@pytest.mark.parametrize("reason", Suppression.Reason.values)
@pytest.mark.parametrize("scope", Suppression.Scope.values)
def test_who_is_suppressed_stays_away_and_is_only_counted(clerk, formula, reason, scope, now):
    Suppression.objects.create(
        mailbox=mailbox_key("mila@example.org"), scope=scope, reason=reason, since=now
    )
    job = clerk.run(csv_of("M.ila+x@example.org;2024-05-03;B", "MILA@example.org;2024-05-03;B"))
    assert counted(job) == {"added": 1, "subscribed": 1, "silent": 1}
    assert [row.email for row in Supporter.objects.all()] == ["M.ila+x@example.org"]
    assert problems(job) == []


def test_a_suppression_that_was_lifted_keeps_nobody_away(clerk, formula, now):
    Suppression.objects.create(
        mailbox=mailbox_key("mila@example.org"),
        scope="EVERYTHING",
        reason="OBJECTION",
        since=now,
        lifted_at=now,
    )
    assert counted(clerk.run(csv_of("mila@example.org;2024-05-03;B"))) == {
        "added": 1,
        "subscribed": 1,
    }


def test_who_is_confirmed_stays_as_they_are_and_gets_the_formula(clerk, formula, now):
    make_supporter(
        email="mila@example.org", given_name="Mila", language="de", confirmed_at=now, country="DE"
    )
    job = clerk.run(
        csv_of(
            "mila@example.org;2024-05-03;B;Ludmila;nl;+442079460018",
            headings="email;consent date;proof;prénom;langue;tel",
        )
    )
    assert counted(job) == {"subscribed": 1}
    supporter = Supporter.objects.get()
    assert (supporter.given_name, supporter.language, supporter.confirmed_at) == ("Mila", "de", now)
    assert not ContactPoint.objects.exists()
    assert Subscription.objects.get().state == State.ACTIVE


def test_who_never_confirmed_follows_the_proof(clerk, formula):
    [subscription] = ask_for(formula, email="mila@example.org")
    job = clerk.run(
        csv_of("mila@example.org;2024-05-03;B;Ludmila", headings="email;consent date;proof;prénom")
    )
    assert counted(job) == {"subscribed": 1}
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE
    supporter = Supporter.objects.get()
    assert supporter.given_name == "Ludmila"
    assert timezone.localdate(supporter.confirmed_at) == date(2024, 5, 3)


@pytest.mark.parametrize(("later_by_days", "is_active"), [(-1, False), (0, False), (1, True)])
def test_the_last_word_counts_a_withdrawal_or_a_newer_consent(
    clerk, formula, now, later_by_days, is_active
):
    [subscription] = ask_for(formula, email="mila@example.org", now=now - timedelta(days=90))
    stopped = now - timedelta(days=30)
    confirm_subscription(subscription=subscription, language="fr", now=stopped - timedelta(hours=1))
    end_subscription(subscription=subscription, now=stopped)
    given_on = timezone.localdate(stopped) + timedelta(days=later_by_days)
    before = Consent.objects.count()
    job = clerk.run(csv_of(f"mila@example.org;{given_on};B"))
    subscription.refresh_from_db()
    assert (subscription.state == State.ACTIVE) is is_active
    assert counted(job) == ({"subscribed": 1} if is_active else {"withdrawn": 1})
    assert Consent.objects.count() == before + 2 * is_active
    if is_active:
        assert (subscription.ended_at, subscription.end_reason) == (None, "")


def test_a_running_subscription_is_not_touched(clerk, formula, now):
    [subscription] = ask_for(formula, email="mila@example.org")
    confirm_subscription(subscription=subscription, language="de", now=now)
    before = Consent.objects.count()
    assert counted(clerk.run(csv_of("mila@example.org;2026-11-01;B"))) == {"unchanged": 1}
    subscription.refresh_from_db()
    assert (subscription.language, subscription.confirmed_at) == ("de", now)
    assert Consent.objects.count() == before


def test_the_same_file_again_changes_nothing(clerk, formula):
    content = csv_of(*(f"mila-{number}@example.org;2024-05-03;B" for number in range(30)))
    assert counted(clerk.run(content)) == {"added": 30, "subscribed": 30}
    assert counted(clerk.run(content)) == {"unchanged": 30}
    assert (Supporter.objects.count(), Consent.objects.count()) == (30, 60)


def test_one_person_may_stand_in_several_rows(clerk, formula):
    make_formula(code="monthly", channels=["EMAIL"])
    job = clerk.run(
        csv_of(
            "mila@example.org;2024-05-03;B;urgent",
            "MILA@example.org;2024-05-04;B;monthly",
            "mila@example.org;2024-05-05;B;urgent",
            headings="email;consent date;proof;formule",
        )
    )
    assert counted(job) == {"added": 1, "subscribed": 2, "unchanged": 1}
    assert Subscription.objects.count() == 2


def test_an_import_that_is_stopped_writes_no_further_row(clerk, formula, staff, now, monkeypatch):
    from campaigns.transfers.services import imports

    monkeypatch.setattr(imports, "CHUNK_ROWS", 10)
    rows = [f"mila-{number}@example.org;2024-05-03;B" for number in range(50)]
    job = clerk.start(clerk.upload(csv_of(*rows)))
    looks = count(1)

    def clock():
        # One look for the claim, then two for each chunk: in the middle of the second.
        if next(looks) == 5:
            cancel_import(job=job, by=staff, now=now)
        return now

    imports.work_on_import(job=job, clock=clock, until=now + timedelta(minutes=1))
    job.refresh_from_db()
    assert job.state == ImportJob.State.CANCELLED
    assert Supporter.objects.count() == job.rows_done == 10


def test_a_chunk_asks_as_often_for_a_hundred_rows_as_for_ten(
    clerk, formula, django_assert_max_num_queries
):
    few = clerk.start(clerk.upload(csv_of(*(f"a{n}@example.org;2024-05-03;B" for n in range(10)))))
    many = clerk.start(clerk.upload(csv_of(*(f"b{n}@example.org;2024-05-03;B" for n in range(80)))))
    clerk.work(clerk.start(clerk.upload(csv_of("warm@example.org;2024-05-03;B"))))
    with django_assert_max_num_queries(60) as asked:
        clerk.work(few)
    with django_assert_max_num_queries(len(asked) + 8):  # SQLite takes 999 values at a time.
        clerk.work(many)

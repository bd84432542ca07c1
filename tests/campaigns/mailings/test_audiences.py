"""Whom an audience finds, who is left out and why: counted first, and prepared the same way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.cases.models import Theme
from campaigns.mailings.audience_rows import Occasion, count_audience, language_chain
from campaigns.mailings.models import Audience, Delivery, Mailing
from campaigns.mailings.occasions import occasion_of
from campaigns.outbox.models import Suppression
from campaigns.supporters.models import Formula, Subscription, SubscriptionChoice, Supporter
from campaigns.supporters.selectors import mails_this_month, why_silent
from tests.factories.facts import labels, make_case, make_country, make_formula, make_petition
from tests.factories.mailings import make_audience, make_mailing, make_readers, prepare
from tests.factories.people import sign

from .ledger import reasons, states

pytestmark = pytest.mark.django_db
ALL = ("fr", "nl", "de", "en")


def count(audience, *, languages=ALL, **occasion):
    return count_audience(audience, Occasion(languages=languages, **occasion), now=timezone.now())


def test_only_who_asked_for_the_formula_and_confirmed_it_is_a_candidate():
    audience = make_audience()
    make_readers(audience.formula, 4)
    make_readers(make_formula(), 2)
    [asked] = make_readers(audience.formula, 1)
    Subscription.objects.filter(supporter=asked).update(state=Subscription.State.REQUESTED)
    [ended] = make_readers(audience.formula, 1)
    Subscription.objects.filter(supporter=ended).update(state=Subscription.State.ENDED)
    assert count(audience).candidates == 4


def test_everybody_who_is_left_out_is_counted_with_one_reason():
    formula = make_formula(minimum_age=16)
    audience = make_audience(formula=formula)
    make_readers(formula, 3, language="fr")
    [suppressed] = make_readers(formula, 1, language="fr")
    Suppression.objects.create(
        mailbox=suppressed.mailbox,
        scope=Suppression.Scope.SUBSCRIBED,
        reason=Suppression.Reason.COMPLAINT,
        since=timezone.now(),
    )
    # Two reasons: the graver one counts.
    Supporter.objects.filter(pk=suppressed.pk).update(most_mails_a_month=0)
    make_readers(formula, 1, language="fr", paused_until=timezone.localdate() + timedelta(days=1))
    make_readers(formula, 1, language="fr", is_minor=True)
    make_readers(formula, 1, language="fr", most_mails_a_month=0)
    make_readers(formula, 1, language="de")
    found = count(audience, languages=("fr",), falls_back=False)
    assert (found.candidates, found.recipients) == (8, 3)
    assert found.excluded == {
        "SUPPRESSED": 1,
        "PAUSED": 1,
        "TOO_YOUNG": 1,
        "CAPPED": 1,
        "NO_TRANSLATION": 1,
    }
    assert found.candidates == found.recipients + sum(found.excluded.values())


def test_a_pause_that_ends_today_is_over():
    audience = make_audience()
    make_readers(audience.formula, 1, paused_until=timezone.localdate())
    assert count(audience).recipients == 1


def test_a_suppression_of_imports_or_one_that_was_lifted_keeps_nobody_from_mail():
    audience = make_audience()
    for person, fields in zip(
        make_readers(audience.formula, 2),
        (
            {"scope": Suppression.Scope.IMPORT},
            {"scope": Suppression.Scope.EVERYTHING, "lifted_at": timezone.now()},
        ),
        strict=True,
    ):
        Suppression.objects.create(
            mailbox=person.mailbox,
            reason=Suppression.Reason.STAFF,
            since=timezone.now(),
            **fields,
        )
    assert count(audience).recipients == 2


def test_who_reads_a_language_without_words_gets_the_next_in_the_chain_or_nothing(settings):
    settings.MAIL_FALLBACKS = {"de": ["en", "fr"], "nl": ["fr"]}
    audience = make_audience()
    make_readers(audience.formula, 8)
    with_fallback = count(audience, languages=("fr", "en"))
    assert with_fallback.by_language == {
        "fr": {"fr": 2},
        "nl": {"fr": 2},
        "de": {"en": 2},
        "en": {"en": 2},
    }
    without = count(audience, languages=("fr", "en"), falls_back=False)
    assert without.excluded == {"NO_TRANSLATION": 4}


def test_the_chain_ends_where_nothing_is_written(settings):
    settings.MAIL_FALLBACKS = {"de": ["en"]}
    assert language_chain("de", available=["fr"], falls_back=True) == ""
    assert language_chain("de", available=["en"], falls_back=True) == "en"
    assert language_chain("de", available=["en"], falls_back=False) == ""


def test_languages_countries_and_the_day_of_joining_narrow_an_audience():
    formula = make_formula()
    make_readers(formula, 4, country="BE")
    make_readers(formula, 4, country="FR", now=timezone.now() - timedelta(days=90))
    assert count(make_audience(formula=formula, languages=["nl", "de"])).candidates == 4
    assert count(make_audience(formula=formula, countries="fr, LU")).candidates == 4
    since = timezone.localdate() - timedelta(days=30)
    assert count(make_audience(formula=formula, joined_since=since)).candidates == 4


def test_who_has_signed_for_the_case_can_be_asked_or_left_alone():
    petition = make_petition()
    formula = make_formula()
    signer, _other = make_readers(formula, 2)
    sign(petition, email=signer.email)
    case_id = petition.case_id
    for acted, expected in (("ANY", 2), ("HAS", 1), ("HAS_NOT", 1)):
        audience = make_audience(formula=formula, acted=acted)
        assert count(audience, case_id=case_id).candidates == expected, acted
    # An erased signer leaves nobody behind who could not be asked.
    petition.signatures.update(supporter=None)
    audience = make_audience(formula=formula, acted=Audience.Acted.HAS_NOT)
    assert count(audience, case_id=case_id).candidates == 2


def test_who_chose_themes_countries_or_cases_gets_mails_about_those():
    theme = Theme.objects.create(code="torture", name=labels("Torture"))
    other = Theme.objects.create(code="land", name=labels("Land"))
    case = make_case(country=make_country("XB"))
    case.themes.add(theme)
    formula = make_formula(theme_choice=Formula.Choosing.MANY, country_choice=Formula.Choosing.MANY)
    chose_nothing, right, wrong, wrong_country = make_readers(formula, 4)
    for person, kind, code in (
        (right, "theme", theme.code),
        (wrong, "theme", other.code),
        (wrong_country, "country", "XA"),
    ):
        SubscriptionChoice.objects.create(
            subscription=person.subscriptions.get(), kind=kind, code=code
        )
    found = count(make_audience(formula=formula), case_id=case.pk)
    assert found.excluded == {"NOT_CHOSEN": 2}
    assert count(make_audience(formula=formula, theme=theme), case_id=case.pk).candidates == 1
    assert chose_nothing


def test_one_budget_of_mails_a_month_counts_over_all_mailings(settings):
    settings.MOST_MAILS_A_MONTH = 2
    audience = make_audience()
    eager, *_others = make_readers(audience.formula, 3)
    Supporter.objects.filter(pk=eager.pk).update(most_mails_a_month=5)
    for _mailing in range(2):
        prepare(make_mailing(audience=audience))
    third = prepare(make_mailing(audience=audience))
    assert reasons(third) == {"CAPPED": 2}
    assert states(third) == {"EXCLUDED": 2, "PENDING": 1}
    assert mails_this_month(eager, now=timezone.now()) == 3
    Supporter.objects.filter(pk=eager.pk).update(most_mails_a_month=3)
    eager.refresh_from_db()
    assert "CAPPED" in {found.code for found in why_silent(eager, now=timezone.now())}


def test_what_was_cancelled_before_it_left_or_is_a_month_old_counts_towards_no_budget(settings):
    settings.MOST_MAILS_A_MONTH = 1
    audience = make_audience()
    make_readers(audience.formula, 1)
    first = prepare(make_mailing(audience=audience))
    assert count(audience).excluded == {"CAPPED": 1}
    Mailing.objects.filter(pk=first.pk).update(state=Mailing.State.CANCELLED)
    assert count(audience).recipients == 1
    Mailing.objects.filter(pk=first.pk).update(
        state=Mailing.State.SENT, prepared_at=timezone.now() - timedelta(days=31)
    )
    assert count(audience).recipients == 1


def test_a_stop_reaches_those_who_have_had_their_share(settings):
    settings.MOST_MAILS_A_MONTH = 1
    audience = make_audience()
    make_readers(audience.formula, 2)
    prepare(make_mailing(audience=audience))
    assert states(prepare(make_mailing(audience=audience, is_stop=True))) == {"PENDING": 2}


def test_what_was_counted_is_what_is_prepared():
    audience = make_audience()
    make_readers(audience.formula, 7)
    make_readers(audience.formula, 2, most_mails_a_month=0)
    mailing = make_mailing(audience=audience, languages=("fr", "nl"))
    counted = count_audience(audience, occasion_of(mailing), now=timezone.now())
    prepare(mailing)
    assert mailing.candidates == counted.candidates == 9
    assert mailing.excluded == sum(counted.excluded.values())
    rows = Delivery.objects.filter(mailing=mailing, state=Delivery.State.PENDING)
    by_content = {}
    for language in rows.values_list("language", flat=True):
        by_content[language] = by_content.get(language, 0) + 1
    expected = {}
    for contents in counted.by_language.values():
        for language, people in contents.items():
            expected[language] = expected.get(language, 0) + people
    assert by_content == expected

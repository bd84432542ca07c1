"""What notices programs, and what it leaves to people."""

import pytest
from django.template.loader import render_to_string

from campaigns.supporters.fields import Age, AgeField
from campaigns.supporters.guards import GuardedForm
from tests.pages import ServedPage


class Form(GuardedForm):
    age = AgeField()


def send(now, **sent: object) -> bool:
    form = Form(sent)
    assert form.is_valid(), form.errors
    return form.looks_automatic(now=now)


def test_a_form_that_a_person_sends_looks_like_one(now):
    assert not send(now, shown_at=int(now.timestamp()) - 5, homepage="")


@pytest.mark.parametrize("typed", ["x", "https://example.org/", "\0", "x" * 100_000])
def test_whatever_stands_in_the_field_that_nobody_sees_gives_a_program_away(now, typed):
    assert send(now, homepage=typed)


@pytest.mark.parametrize(("seconds", "is_quick"), [(0, True), (0.9, True), (1, False), (60, False)])
def test_within_a_second_nobody_reads_types_and_presses(now, seconds, is_quick):
    shown_at = now.replace(microsecond=0)
    sent_at = shown_at.replace(microsecond=int(seconds % 1 * 1e6))
    sent_at = sent_at.fromtimestamp(sent_at.timestamp() + seconds // 1, tz=now.tzinfo)
    assert send(sent_at, shown_at=int(shown_at.timestamp())) is is_quick


@pytest.mark.parametrize("shown_at", ["", "x", "-1", "1e9", "nan", "\0", "9" * 40, "0"])
def test_a_moment_that_makes_no_sense_proves_nothing(now, shown_at):
    assert not send(now, shown_at=shown_at)


def test_a_clock_that_goes_ahead_proves_nothing(now):
    assert not send(now, shown_at=int(now.timestamp()) + 60)


def test_a_form_of_an_older_page_without_these_fields_is_taken_as_it_was(now):
    assert not send(now)
    form = Form({})
    assert form.is_valid()
    assert form.cleaned_data["age"] is Age.ADULT


def test_people_neither_see_nor_reach_the_field_and_browsers_leave_it_alone(now):
    page = ServedPage(render_to_string("components/guards.html", {"form": Form()}))
    [trap] = page.all("input", name="homepage")
    assert trap.attributes["tabindex"] == "-1"
    assert trap.attributes["autocomplete"] == "off"
    assert trap.attributes["type"] == "text"
    assert trap.inside(aria_hidden="true")
    assert trap.inside(**{"class": "visually-hidden"})
    assert [field.name for field in Form().visible_fields()] == ["age"]
    [moment] = page.all("input", name="shown_at")
    assert abs(int(moment.attributes["value"]) - now.timestamp()) < 60


@pytest.mark.parametrize(
    ("typed", "age"),
    [("", Age.ADULT), ("ADULT", Age.ADULT), ("MINOR_13_17", Age.MINOR_13_17)],
)
def test_an_age_is_cleaned_to_what_the_rules_need(typed, age):
    form = Form({"age": typed})
    assert form.is_valid()
    assert form.cleaned_data["age"] is age
    assert form.cleaned_data["age"].is_minor is (typed == "MINOR_13_17")


@pytest.mark.parametrize("typed", ["12", "minor", "\0", "A" * 10_000])
def test_an_age_that_is_not_in_the_list_is_asked_for_again(typed):
    assert list(Form({"age": typed}).errors) == ["age"]

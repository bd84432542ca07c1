"""Each field with personal data has its rules, and each rule is one that works."""

import pytest
from django.db.models import Q
from django.utils import timezone

from campaigns import personal_data
from campaigns.personal_data import (
    Blank,
    Held,
    Holding,
    Keep,
    Subject,
    WithRow,
    declare,
    holdings,
    undeclared_fields,
)
from campaigns.supporters.models import Supporter
from tests.factories.people import make_supporter

SOMEBODY = Subject(supporter_id=1, mailbox="a" * 64, addresses=frozenset({"mila@example.org"}))
ASKED = Keep("until asked")


def a_holding(**changes) -> Holding:
    return Holding(
        **{
            "model": Supporter,
            "title": "You",
            "rows_of": lambda subject: Q(pk=subject.supporter_id),
            "fields": {"email": Held("email", WithRow(), ASKED)},
            "plain": frozenset({"id"}),
            **changes,
        }
    )


@pytest.fixture
def own_registry(monkeypatch):
    """Declarations of a test that end with it."""
    monkeypatch.setattr(personal_data, "_holdings", dict(personal_data._holdings))
    holdings.cache_clear()
    yield personal_data._holdings
    holdings.cache_clear()


def test_every_field_of_every_model_is_declared():
    assert undeclared_fields() == []


def test_a_field_that_nobody_declared_is_found(own_registry):
    declared = own_registry["supporters.Supporter"]
    fields = {name: held for name, held in declared.fields.items() if name != "country"}
    own_registry["supporters.Supporter"] = a_holding(fields=fields)
    assert undeclared_fields() == ["supporters.Supporter.country"]


def test_a_model_that_nobody_declared_is_found(own_registry):
    del own_registry["supporters.SupporterNote"]
    assert undeclared_fields() == ["supporters.SupporterNote"]


def test_a_declaration_of_a_field_that_is_gone_is_found(own_registry):
    declared = own_registry["supporters.Supporter"]
    own_registry["supporters.Supporter"] = a_holding(
        fields=declared.fields, plain=declared.plain | {"shoe_size"}
    )
    assert undeclared_fields() == ["supporters.Supporter.shoe_size"]


@pytest.mark.parametrize(
    "changes",
    [
        {"plain": frozenset({"id", "email"})},
        {"explained": ("email",)},
        {"follow": {"email": ""}},
        {"fields": {"email": Held("email", WithRow(), ASKED, withheld="or not")}},
        {"fields": {"email": Held("", WithRow(), ASKED)}},
        {
            "fields": {
                "email": Held("email", WithRow(), ASKED),
                "language": Held("language", Blank(), ASKED),
            }
        },
        {
            "fields": {
                "email": Held("email", WithRow(), ASKED),
                "language": Held("language", WithRow(), Keep("a day")),
            }
        },
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(changes, own_registry):
    with pytest.raises(ValueError, match="Supporter"):
        declare(a_holding(**changes))


def test_rows_that_stand_on_others_are_erased_before_them():
    order = [holding.model for holding in holdings()]
    for holding in holdings():
        for field in holding.model._meta.concrete_fields:
            if field.related_model in order and field.related_model is not holding.model:
                assert order.index(holding.model) < order.index(field.related_model)


@pytest.mark.django_db
@pytest.mark.parametrize("holding", holdings(), ids=lambda holding: holding.model._meta.label)
class TestEveryRuleWorks:
    def test_it_finds_rows(self, holding):
        assert holding.model._default_manager.filter(holding.rows_of(SOMEBODY)).count() == 0

    def test_it_says_in_words_how_long_rows_are_kept_and_can_find_them(self, holding):
        for keep in filter(None, [holding.keep, holding.gone]):
            assert keep.policy
            if keep.due is not None:
                due = keep.due(timezone.now())
                assert holding.model._default_manager.filter(due).count() == 0

    def test_what_it_blanks_with_can_be_stored(self, holding):
        if not holding.deletes_rows and holding.blanks:
            assert holding.model._default_manager.update(**holding.blanks) == 0

    def test_rows_that_stay_lose_every_way_to_find_the_person(self, holding):
        """Or say why a field stays; a foreign key to the person never does."""
        if holding.deletes_rows:
            return
        for name in holding.fields.keys() - holding.blanks.keys():
            assert holding.fields[name].erase.why
        for field in holding.model._meta.concrete_fields:
            if field.related_model is Supporter:
                assert holding.blanks[field.name] is None

    def test_its_exported_fields_have_names_of_their_own(self, holding):
        names = [held.export for held in holding.fields.values() if held.export]
        names += holding.explained
        assert len(names) == len(set(names))
        assert str(holding.title)


def test_no_model_that_points_at_a_supporter_passes_for_one_without(settings):
    """Declared as holding nothing about supporters, it would be forgotten in an erasure."""
    declared = {holding.model for holding in holdings()}
    pointing = {relation.related_model for relation in Supporter._meta.related_objects}
    assert pointing <= declared


@pytest.mark.django_db
def test_a_canonical_subject_has_every_spelling():
    from campaigns.supporters.selectors.holdings import subject_of

    supporter = make_supporter(email="Mila+post@Example.org")
    supporter.address_changes.create(email="NEW@example.org", requested_at=timezone.now())
    assert subject_of(supporter).addresses == {
        "mila+post@example.org", "mila@example.org", "new@example.org"
    }  # fmt: skip

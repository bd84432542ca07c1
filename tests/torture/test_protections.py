"""Each protection stands where the table says, with the test that is about it."""

import pytest

from tests.running_site import ROOT

from .protections import PROTECTIONS


@pytest.mark.parametrize("protection", PROTECTIONS, ids=lambda each: each.name)
def test_every_protection_stands_where_the_table_says(protection):
    source = (ROOT / protection.module.replace(".", "/")).with_suffix(".py").read_text()
    assert source.count(protection.before) == 1
    path, _colons, test = protection.test.partition("::")
    assert f"def {test}(" in (ROOT / path).read_text()

"""Presses at the same moment, on the real server and the real database."""

import pytest

from tests.running_site import RunningSite

from .visitors import fifty_at_once

pytestmark = pytest.mark.services


def test_variants_of_one_address_at_once_are_one_signature(running_site: RunningSite) -> None:
    fifty_at_once(running_site)

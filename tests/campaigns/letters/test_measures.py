"""Lengths as networks count them, and as text messages are paid."""

import pytest

from campaigns.letters.channels import measures
from tests.campaigns.letters.texts import FAMILY, FLAGS


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("ê" * 70, 1),
        ("ê" + "a" * 70, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        # Two places are not cut in two: 76 in each message.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("\U0001f54a" * 35, 1),
        ("\U0001f54a" * 66, 2),
        ("\U0001f54a" * 67, 3),
        ("ع" * 71, 2),
    ],
)
def test_the_parts_of_a_text_message_are_counted_as_they_are_paid(text, parts):
    assert measures.sms_parts(text) == parts


@pytest.mark.parametrize(
    ("text", "on_x", "seen"),
    [
        ("abc", 3, 3),
        ("é", 1, 1),
        ("e\u0301", 1, 1),
        ("释放", 4, 2),
        ("자유", 4, 2),
        ("“a” – b…", 9, 8),
        (FAMILY, 2, 1),
        (FLAGS, 4, 2),
        ("\U0001f44d\U0001f3fd\u2764\ufe0f1\ufe0f\u20e3", 6, 3),
        ("see https://example.org/" + "a" * 90, 27, 114),
        ("http://a.example.org and https://b.example.org", 51, 46),
    ],
)
def test_length_is_counted_as_the_networks_do(text, on_x, seen):
    assert (measures.length_on_x(text), measures.graphemes(text)) == (on_x, seen)

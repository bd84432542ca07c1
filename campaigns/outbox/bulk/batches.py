"""What is handed over: one content, many readers."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

PLACEHOLDER = re.compile(r"\{([a-z_]{1,30})\}")


@dataclass(frozen=True)
class Recipient:
    """One reader. `values` fill the placeholders, and are plain text."""

    delivery_id: int
    address: str
    values: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """One content for several readers. `{name}` in its words is each reader's own value.

    `key` is the same for every attempt at the same batch. `metadata` comes back in the provider's
    reports, together with the number of the delivery.
    """

    subject: str
    html: str
    text: str
    recipients: Sequence[Recipient]
    headers: Mapping[str, str]
    metadata: Mapping[str, str]
    tag: str
    key: str

    def digest(self) -> str:
        """SHA-256 of all that the provider will see: the same key must bring the same bytes."""
        content = [self.subject, self.html, self.text, dict(self.headers)]
        readers = [
            [each.address, dict(each.values), dict(each.headers)] for each in self.recipients
        ]
        return hashlib.sha256(json.dumps([content, readers], sort_keys=True).encode()).hexdigest()


def fill(text: str, values: Mapping[str, str], *, is_html: bool = False) -> str:
    """`text` with the values in place of their placeholders; others stay as they are."""

    def value(found: re.Match[str]) -> str:
        known = values.get(found[1])
        if known is None:
            return found[0]
        return escape(known) if is_html else known

    return PLACEHOLDER.sub(value, text)

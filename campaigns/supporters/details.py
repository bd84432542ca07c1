"""What somebody typed besides their address, from the form to the moment it is confirmed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from campaigns.mailboxes import keyed_hash

from .models import Formula
from .postal import PostalAddress

# Who has not confirmed by then is forgotten, and the mailed links end with it.
UNCONFIRMED_LIFETIME = timedelta(days=30)


@dataclass(frozen=True)
class Details:
    """Formulas by key, choices by kind (`choices.ChoiceKind.code`), and the contact points.

    `phone` is in E.164. It travels as JSON, encrypted (`SignUp.details`).
    """

    formulas: tuple[int, ...] = ()
    given_name: str = ""
    family_name: str = ""
    is_minor: bool = False
    phone: str = ""
    postal: PostalAddress | None = None
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def with_formulas(self, formulas: Sequence[Formula]) -> "Details":
        return replace(self, formulas=tuple(formula.pk for formula in formulas))

    def occasion(self, formulas: Sequence[Formula]) -> str:
        """A short name for exactly this wish, that says nothing of the person."""
        words = self.with_formulas(formulas).as_json()
        return keyed_hash("sign-up", words)[:16]

    def as_json(self) -> str:
        return json.dumps(
            {
                "formulas": list(self.formulas),
                "given_name": self.given_name,
                "family_name": self.family_name,
                "is_minor": self.is_minor,
                "phone": self.phone,
                "postal": self.postal.as_json() if self.postal else None,
                "choices": {kind: list(codes) for kind, codes in self.choices.items()},
            },
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> "Details":
        values = json.loads(text)
        postal = values.pop("postal")
        formulas = tuple(values.pop("formulas"))
        return cls(**values, formulas=formulas, postal=PostalAddress(**postal) if postal else None)

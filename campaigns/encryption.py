"""Columns that a stolen database does not give away: encrypted, with keys kept outside it."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


class EncryptedTextField(models.TextField):
    """Text that is encrypted at rest (Fernet, under the first of PERSONAL_DATA_KEYS).

    Cannot be searched or sorted by the database. Reading raises `cryptography.fernet.InvalidToken`
    when none of the keys fits.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return encrypt(text) if text else text

    def from_db_value(self, value: Any, *_context: Any) -> Any:
        return decrypt(value) if value else value


def encrypt(text: str) -> str:
    """The text under the newest key."""
    return _cipher(tuple(settings.PERSONAL_DATA_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text again, under whichever key. Raises `cryptography.fernet.InvalidToken`."""
    return _cipher(tuple(settings.PERSONAL_DATA_KEYS)).decrypt(token.encode()).decode()


def rotate(token: str) -> str:
    """The same text under the newest key, without its time of encryption changing."""
    return _cipher(tuple(settings.PERSONAL_DATA_KEYS)).rotate(token.encode()).decode()


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])

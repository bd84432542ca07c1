"""Columns that a stolen database does not give away: encrypted, with keys kept outside it."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

ROWS_AT_ONCE = 500


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


def encrypted_fields() -> list[tuple[type[models.Model], str]]:
    """Every column that is encrypted, of whichever app."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def rotate_column(model: type[models.Model], name: str) -> int:
    """Put a column under the newest key; returns how many rows were under another one.

    Row by row, each where nobody has changed it meanwhile: it may be stopped and begun again.
    """
    newest = Fernet(settings.PERSONAL_DATA_KEYS[0])
    stored = model._default_manager.annotate(token=Cast(name, models.TextField())).order_by("pk")
    count = 0
    for key, token in stored.exclude(token="").values_list("pk", "token").iterator(ROWS_AT_ONCE):
        if not _is_under(newest, token):
            # An expression, so that the field does not encrypt what is encrypted.
            anew = models.Value(rotate(token), output_field=models.TextField())
            count += stored.filter(pk=key, token=token).order_by().update(**{name: anew})
    return count


def _is_under(cipher: Fernet, token: str) -> bool:
    try:
        cipher.decrypt(token.encode())
    except InvalidToken:
        return False
    return True

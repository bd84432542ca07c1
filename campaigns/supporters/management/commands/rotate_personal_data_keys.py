"""Encrypt everything anew under the first of PERSONAL_DATA_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from campaigns.encryption import encrypted_fields, rotate_column


class Command(BaseCommand):
    help = (
        "Encrypts phone numbers and addresses anew under the first of PERSONAL_DATA_KEYS. May be"
        " stopped and run again. When it is through, the other keys may be removed."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        for model, field in encrypted_fields():
            count = rotate_column(model, field)
            self.stdout.write(f"{count:6} {model._meta.label}.{field}")
        self.stdout.write("All is under the first key.")

"""Staff. Supporters are no users: they have no account and no password."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff; ours from the first migration on, so that it can grow."""

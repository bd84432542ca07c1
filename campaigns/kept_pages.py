"""Pages are kept for a few seconds, and from one moment on none of them may be shown any more.

The site's cache (`config.page_cache`) keeps finished pages together with the generation that they
were rendered in. Whatever changes what the public may see begins another generation; pages of a
former one are then rendered anew, wherever they are kept.
"""

from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

KEY = "kept-pages-generation"


def current_generation() -> str:
    """A word that stays the same until the kept pages are to be forgotten.

    "" before the first time, and while the shared cache is away: then nothing but their age ends
    what is kept.
    """
    return str(cache.get(KEY, ""))


def forget_kept_pages() -> None:
    """Once this transaction is committed, no page of before is shown any more.

    After the commit, since a page rendered before would still hold what has changed; and whatever
    the cache does, it must not undo a take-down.
    """
    transaction.on_commit(_begin_another_generation, robust=True)


def _begin_another_generation() -> None:
    # A word, not a number: one that the cache has lost must not begin again where it once was.
    cache.set(KEY, uuid4().hex, timeout=None)

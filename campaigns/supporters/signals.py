"""What other apps follow."""

from django.dispatch import Signal

# After the commit of an erasure, with `now`: whatever lies outside the database and may hold the
# person (files of exports) has to go. Says of nobody who it was.
supporter_erased = Signal()

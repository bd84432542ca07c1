"""What the apps above may want to know of a case. Sent inside the transaction that causes it."""

from django.dispatch import Signal

# Nobody should act for this case any more. Arguments: case, was_hidden, by, now.
acting_ended = Signal()

# A case is about to be removed for ever. Receivers answer with reasons against it. Arguments: case.
removal_asked = Signal()

# Less, or more, may be shown of a case than before. Arguments: case, now; and former_embargo
# where an embargo was changed.
exposure_changed = Signal()

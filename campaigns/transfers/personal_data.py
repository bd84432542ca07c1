"""Imports and exports hold no field about a supporter; their files are deleted by themselves."""

from campaigns.personal_data import declare_without_supporters


def declare_models() -> None:
    """Called when the app is ready."""
    declare_without_supporters(
        "Jobs of staff: file names, figures, and codes of what is wrong in which line. The files"
        " are private and deleted within a day, exports also as soon as anybody is erased.",
        "transfers",
    )

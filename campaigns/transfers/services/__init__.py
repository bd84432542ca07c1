"""What happens to imports and exports."""

from .exports import (
    ExportWish,
    delete_all_exports,
    delete_old_exports,
    note_download,
    request_export,
    write_export,
)
from .imports import (
    Meaning,
    cancel_import,
    delete_old_imports,
    describe_import,
    read_again,
    read_upload,
    start_import,
    upload_import,
    work_on_import,
)

__all__ = [
    "ExportWish",
    "Meaning",
    "cancel_import",
    "delete_all_exports",
    "delete_old_exports",
    "delete_old_imports",
    "describe_import",
    "note_download",
    "read_again",
    "read_upload",
    "request_export",
    "start_import",
    "upload_import",
    "work_on_import",
    "write_export",
]

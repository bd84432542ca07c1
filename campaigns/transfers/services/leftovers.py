"""Files that a killed worker left behind."""

from datetime import datetime, timedelta

from ..files import private_files
from ..models import ExportJob, ImportJob

# Nothing that is at work writes to a file for as long as that.
OLD = timedelta(hours=24)


def delete_leftovers(*, now: datetime) -> None:
    """Delete the private files of a day ago that no job names."""
    old = {path.name: path for path, changed_at in private_files() if changed_at < now - OLD}
    if not old:
        return
    imports = ImportJob.objects.values_list("upload_name", "table_name")
    named = {name for names in imports for name in names}
    named.update(ExportJob.objects.values_list("file_name", flat=True))
    for name in old.keys() - named:
        old[name].unlink(missing_ok=True)

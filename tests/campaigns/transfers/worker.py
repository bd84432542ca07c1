"""Works on one import in a process of its own, to be killed: `python -m … JOB`."""

import sys

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from campaigns.transfers.models import ImportJob
    from campaigns.transfers.services import imports

    imports.CHUNK_ROWS = 200
    job = ImportJob.objects.get(pk=sys.argv[1])
    until = timezone.now() + timezone.timedelta(minutes=5)
    imports.work_on_import(job=job, clock=timezone.now, until=until)


if __name__ == "__main__":
    main()

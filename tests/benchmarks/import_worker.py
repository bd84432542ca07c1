"""One step of an import, in a process of its own inside the site; prints its figures as JSON.

`upload ROWS`, `work JOB`, `bare ROWS`: each with the seconds it took and its peak memory.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import django

CHUNK = 500
SENTENCE = "Je souhaite recevoir les actions urgentes par e-mail."


def main() -> None:
    """Do what the first argument says with the number in the second."""
    django.setup()
    steps: dict[str, Callable[[int], dict[str, Any]]] = {
        "upload": upload,
        "work": work,
        "bare": bare,
    }
    step, number = sys.argv[1:]
    memory_before = peak_memory()
    started = time.monotonic()
    found = steps[step](int(number))
    found["seconds"] = time.monotonic() - started
    found["memory_before"] = memory_before
    found["memory"] = peak_memory()
    json.dump(found, sys.stdout)


def peak_memory() -> float:
    """The most that this process has had in memory, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def upload(rows: int) -> dict[str, Any]:
    """Upload and read a file of that many people, and say what it means."""
    from django.utils import timezone

    from campaigns.supporters.models import Formula
    from campaigns.transfers import services
    from campaigns.transfers.models import ImportJob

    now = timezone.now()
    formula = Formula.objects.filter(needs_phone=False, case_choice="NONE").order_by("pk")[0]
    job = services.upload_import(title=f"{rows}.csv", blocks=people(rows), by=None, now=now)
    services.read_upload(job=job, now=now)
    job = ImportJob.objects.get(pk=job.pk)
    meaning = services.Meaning(
        mapping=job.mapping, formula=formula, language="fr", wording=SENTENCE
    )
    services.describe_import(job=job, meaning=meaning, now=now)
    services.start_import(job=job, by=None, now=now)
    return {"job": job.pk}


def people(rows: int) -> Iterator[bytes]:
    """A file of that many people, in Latin-1; phone numbers are of the range kept for drama."""
    headings = "E-mail;Prénom;Nom;Téléphone;Rue;Code postal;Localité;Pays;Date consentement;Preuve"
    yield f"{headings}\n".encode("latin-1")
    for number in range(rows):
        yield (
            f"reader-{rows}-{number}@example.org;José;Dubreux;+44 20 7946 0{number % 1000:03};"
            f"Rue des Écoles {number % 300 + 1};{1000 + number % 9000};Liège;BE;"
            f"2024-05-{number % 28 + 1:02};Classeur {number // 500}, feuille {number % 500}\n"
        ).encode("latin-1")


def work(job_key: int) -> dict[str, Any]:
    """Work on the job until it is done, as if the lease of whoever died over it had ended."""
    from django.utils import timezone

    from campaigns.transfers import services
    from campaigns.transfers.models import ImportJob

    ImportJob.objects.filter(pk=job_key).update(claimed_until=None)
    job = ImportJob.objects.get(pk=job_key)
    until = timezone.now() + timezone.timedelta(hours=1)
    services.work_on_import(job=job, clock=timezone.now, until=until)
    job.refresh_from_db()
    return {
        name: getattr(job, name)
        for name in ("state", "rows_done", "added", "subscribed", "refused")
    }


def bare(rows: int) -> dict[str, Any]:
    """As many rows of the same tables, from ready values, in transactions of the same size."""
    from django.db import transaction
    from django.utils import timezone

    from campaigns.supporters.models import (
        Consent,
        ConsentWording,
        ContactPoint,
        Formula,
        Subscription,
        Supporter,
    )

    now = timezone.now()
    formula = Formula.objects.order_by("pk")[0]
    wording = ConsentWording.objects.create(digest="bare", language="fr", first_used_at=now)
    for first in range(0, rows, CHUNK):
        with transaction.atomic():
            people = Supporter.objects.bulk_create(
                Supporter(
                    email=f"bare-{number}@example.org",
                    email_canonical=f"bare-{number}@example.org",
                    mailbox=f"{number:064}",
                    given_name="José",
                    family_name="Dubreux",
                    language="fr",
                    country="BE",
                    created_at=now,
                    confirmed_at=now,
                )
                for number in range(first, min(first + CHUNK, rows))
            )
            ContactPoint.objects.bulk_create(
                ContactPoint(
                    supporter=person, kind=kind, value="", search_key="0" * 64, changed_at=now
                )
                for person in people
                for kind in ("PHONE", "POSTAL")
            )
            Subscription.objects.bulk_create(
                Subscription(
                    supporter=person,
                    formula=formula,
                    language="fr",
                    state="ACTIVE",
                    requested_at=now,
                    confirmed_at=now,
                )
                for person in people
            )
            Consent.objects.bulk_create(
                Consent(
                    supporter=person,
                    purpose="SUBSCRIPTION",
                    channel="EMAIL",
                    method="IMPORT",
                    action=action,
                    about="formula:bare",
                    wording=wording,
                    language="fr",
                    proof="2024-05-03, Classeur 12, feuille 4 (import 1, 2)",
                    recorded_at=now,
                    dedupe_key=f"bare:{person.pk}:{action}",
                )
                for person in people
                for action in ("GIVEN", "CONFIRMED")
            )
    return {}


if __name__ == "__main__":
    main()

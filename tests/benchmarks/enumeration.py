"""Run inside the site: whether the time of an answer says that an address is known."""

import json
import random
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import Any

import django

from .table import Report

# Of each kind, known and unknown.
N = 500
WARM_UP = 20
COLUMNS = ["form", "known ms", "unknown ms", "difference ms", "AUC"]


def auc(known: Sequence[float], unknown: Sequence[float]) -> float:
    """The chance that an answer about a known address takes longer (Mann–Whitney): 0.5 is none."""
    ordered = sorted(unknown)
    wins = sum((bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in known)
    return wins / (len(known) * len(unknown))


def record() -> dict[str, dict[str, float]]:
    """Send N known and N unknown addresses through each form, in pairs of random order."""
    from django.test import Client
    from django.utils import timezone

    from campaigns.petitions.models import Petition
    from campaigns.supporters.models import Formula
    from tests.enumeration import client_number, forms_that_take_an_address, make_known

    from .content import PETITION

    petition, formula = Petition.objects.get(reference=PETITION), Formula.objects.offered()[0]
    before = timezone.now() - timedelta(days=2)
    chance = random.Random(4)
    found = {}
    requests = 0
    for form in forms_that_take_an_address(petition, formula):
        word = form.name.replace(" ", "-")
        for number in range(N):
            make_known(
                f"{word}-known-{number}@example.org",
                number,
                petition=petition,
                formula=formula,
                now=before,
            )
        times: dict[str, list[float]] = {"known": [], "unknown": [], "warm-up": []}
        order = ["warm-up"] * WARM_UP
        for _pair in range(N):
            order += chance.sample(["known", "unknown"], 2)
        for kind in order:
            requests += 1
            client = Client(REMOTE_ADDR=client_number(requests), headers={"host": "localhost"})
            typed = form.typed(f"{word}-{kind}-{len(times[kind])}@example.org")
            started = time.perf_counter()
            response = client.post(form.path, typed)
            times[kind].append((time.perf_counter() - started) * 1000)
            if response.status_code != 303:
                raise RuntimeError(f"{form.name}: {response.status_code}")
        found[form.name] = {
            "known": median(times["known"]),
            "unknown": median(times["unknown"]),
            "auc": auc(times["known"], times["unknown"]),
        }
    return found


def show(found: dict[str, dict[str, Any]], report: Report) -> None:
    """A table of medians and of how well they tell known from unknown."""
    report.line(f"Known and unknown addresses: {N} of each, in one process, medians")
    rows = [
        [
            name,
            f"{times['known']:.2f}",
            f"{times['unknown']:.2f}",
            f"{times['known'] - times['unknown']:+.2f}",
            f"{times['auc']:.3f}",
        ]
        for name, times in found.items()
    ]
    report.table(COLUMNS, rows)


if __name__ == "__main__":
    django.setup()
    json.dump(record(), sys.stdout)

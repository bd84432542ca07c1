"""Run inside the site: count what has been signed, every so many seconds, until stopped."""

import sys
import time

import django


def tally_for_ever(seconds: float) -> None:
    from campaigns.petitions.tasks import tally

    while True:
        tally()
        time.sleep(seconds)


if __name__ == "__main__":
    django.setup()
    tally_for_ever(float(sys.argv[1]))

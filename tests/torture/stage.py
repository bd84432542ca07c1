"""What a scenario begins with, made inside the site: `python -m tests.torture.stage`.

Prepares a mailing to so many readers, in chunks of so many, and leaves it ready to be sent. Prints
its number, its reference, the addresses with the numbers of their deliveries, and for each of these
the path that stands in its List-Unsubscribe header.
"""

import argparse
import json
import sys
import time
from dataclasses import replace
from itertools import count
from urllib.parse import urlsplit

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("readers", type=int)
    parser.add_argument("--chunk", type=int, required=True)
    chosen = parser.parse_args()
    django.setup()
    json.dump(prepared(chosen.readers, chosen.chunk), sys.stdout)


def prepared(readers: int, chunk: int) -> dict[str, object]:
    """A mailing that is being sent as soon as a worker runs."""
    from campaigns.mailings.links import LinkMaker
    from campaigns.mailings.models import Delivery
    from campaigns.mailings.services import preparing
    from campaigns.mailings.words import STOP_LINK
    from tests.factories import mailings as factory
    from tests.factories.facts import make_formula

    # Each scenario of a site begins where the ones before it cannot have come.
    factory._numbers = count(time.time_ns() // 1_000_000)
    provider = preparing.current_provider()
    preparing.current_provider = lambda: replace(provider, most=chunk)
    formula = make_formula(code=f"torture-{next(factory._numbers)}")
    audience = factory.make_audience(formula=formula)
    factory.make_readers(audience.formula, readers)
    mailing = factory.start(factory.make_mailing(audience=audience))
    maker = LinkMaker(mailing, "en", frozenset())
    rows = list(
        Delivery.objects.filter(mailing=mailing).values_list("pk", "supporter", "supporter__email")
    )
    return {
        "id": str(mailing.pk),
        "reference": mailing.reference,
        "state": mailing.state,
        "deliveries": {email: number for number, _supporter, email in rows},
        "ways_out": {
            number: urlsplit(maker.links(supporter)[STOP_LINK]).path
            for number, supporter, _email in rows
        },
    }


if __name__ == "__main__":
    main()

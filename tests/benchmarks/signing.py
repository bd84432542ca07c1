"""Signatures per second, what each costs, and whether every one that was thanked is there."""

from itertools import zip_longest
from urllib.parse import urlencode

from .databases import Database
from .load import NUMBER, Outcome, Request, added_up, in_turns
from .server import BenchSite
from .table import LOAD_COLUMNS, Report, load_row

CONCURRENCIES = (8, 32)
ROUNDS = 3
ROUND_SECONDS = 1.2
WARM_UP_SECONDS = 1.0

STORED = """
    SELECT supporter.email_canonical FROM petitions_signature signature
    JOIN supporters_supporter supporter ON supporter.id = signature.supporter_id
    WHERE supporter.email_canonical LIKE 'press-%'
"""
REASONS = {
    "SELECT petitions_petition": "is it open? once a second in each process",
    "SELECT cases_casesubject": "whose name stands in the case; once a second",
    "SELECT cases_caseconsent": "what of it may be shown; once a second",
    "SELECT wagtailcore_page": "is the page that the form names published? once a second",
    "BEGIN": "everything below stands or falls together",
    "INSERT outbox_ratecount": "how many sign from one place, where no cache counts",
    "INSERT supporters_supporter": "the person, found, made or, unconfirmed, spelt anew",
    "INSERT petitions_signature": "the signature, once per person, under the last name typed",
    "SELECT supporters_consentwording": "the key of the words that were agreed to; once a second",
    "INSERT supporters_consent": "one line of the consent ledger",
    "INSERT outbox_outgoingmessage": "the mail that is owed from now on",
    "SELECT supporters_supporter": "whom the device knows",
    "COMMIT": "on disk; then the doorbell rings",
}
BESIDES = {"consents": "supporters_consent", "mails owed": "outbox_outgoingmessage"}


class Presses:
    """Posts one request with a new number each time, and remembers what came of it."""

    def __init__(self, site: BenchSite, request: Request) -> None:
        self.site = site
        self.request = request
        self.next_number = 0
        self.acknowledged: set[int] = set()

    def load(self, connections: int, seconds: float = ROUND_SECONDS) -> Outcome:
        outcome = self.site.load(
            self.request, connections=connections, seconds=seconds, first=self.next_number
        )
        self.next_number += outcome.sent
        self.acknowledged |= outcome.acknowledged
        return outcome


def signing_form(address: str, page: int) -> str:
    """A valid signing form, as a browser encodes it."""
    fields = {
        "given_name": "Mila",
        "family_name": "Van Hasel",
        "email": address,
        "country": "BE",
        "page": page,
    }
    return urlencode(fields, safe="{}")


def measure(
    site: BenchSite, database: Database, paths: dict[str, str | int], report: Report
) -> None:
    """Load the signing form and the bare INSERT in turns; then compare rows with answers."""
    form = signing_form(f"press-{NUMBER}@example.org", int(paths["page"]))
    signing = Presses(site, Request("POST", str(paths["sign"]), 303, form))
    bare = Presses(site, Request("POST", "/bare/insert/", 303, form))
    before = _besides(database)
    rows, checks = [], []
    for presses in (signing, bare):
        presses.load(max(CONCURRENCIES), WARM_UP_SECONDS)
    for connections in CONCURRENCIES:
        rounds = in_turns(
            {
                "bare Django view, one INSERT": lambda c=connections: bare.load(c),
                "a signature": lambda c=connections: signing.load(c),
            },
            ROUNDS,
        )
        totals = {name: added_up(outcomes) for name, outcomes in rounds.items()}
        first, *_others = totals.values()
        rows += [load_row(name, connections, totals[name], rounds[name], first) for name in rounds]
        checks.append(_check(f"after c = {connections}", signing, database, before))
    report.table(LOAD_COLUMNS, rows)
    for check in checks:
        report.line(f"  {check}")
    report.line()


def _check(name: str, signing: Presses, database: Database, before: dict[str, int]) -> str:
    """Every 303 has its signature, every signature its 303; each owes one consent and one mail."""
    stored = {int(address[6:14]) for (address,) in database.rows(STORED)}
    lost = len(signing.acknowledged - stored)
    invented = len(stored - signing.acknowledged)
    besides = ", ".join(
        f"{count - before[what]} {what}" for what, count in _besides(database).items()
    )
    return (
        f"{name}: {len(signing.acknowledged)} acknowledged with 303, {len(stored)} signatures,"
        f" {besides}: {lost} lost, {invented} invented"
    )


def _besides(database: Database) -> dict[str, int]:
    return {
        what: database.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        for what, table in BESIDES.items()
    }


def show_statements(statements: dict[str, list[str]], report: Report) -> None:
    """What one signature asks of the database, with the reason for each statement."""
    first, repeated = statements["first press"], statements["repeated press"]
    report.line(f"SQL of a signature: {len(first)} statements, repeated: {len(repeated)}")
    rows = [
        [str(position), one, "the same" if again == one else again, REASONS.get(one, "?")]
        for position, (one, again) in enumerate(zip_longest(first, repeated, fillvalue="–"), 1)
    ]
    report.table(["", "first press", "repeated", "why"], rows, left=4)

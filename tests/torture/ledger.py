"""What became of a mailing: its own rows beside what the provider wrote down."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.providers.running import RunningProvider
from tests.running_site import RunningSite

STATES = """
    SELECT id, state FROM mailings_delivery WHERE mailing_id = %s
"""
UNDER_WAY = {"SENDING", "PAUSED"}
MAILING = "SELECT state, problem, candidates FROM mailings_mailing WHERE id = %s"


@dataclass
class Ledger:
    """One mailing at one moment."""

    state: str
    problem: str
    candidates: int
    by_state: Mapping[str, int]
    # Said to be accepted, and the provider knows nothing of it; or said to wait when all is over.
    lost: set[int]
    # Accepted by the provider more than once.
    twice: set[int]
    # Accepted by the provider, and neither said to be accepted nor shown as uncertain.
    unsaid: set[int]
    uncertain: set[int]
    uncertain_that_left: set[int]
    notes: list[str] = field(default_factory=list)

    @property
    def adds_up(self) -> bool:
        """Candidates = Σ states: nobody is missing, and nobody is there who was no candidate."""
        return self.candidates == sum(self.by_state.values())

    def __str__(self) -> str:
        states = " + ".join(f"{count} {state}" for state, count in sorted(self.by_state.items()))
        return (
            f"{self.state} {self.problem} | {self.candidates} candidates = {states}"
            f" ({'adds up' if self.adds_up else 'DOES NOT ADD UP'}) | {len(self.lost)} lost,"
            f" {len(self.twice)} twice, {len(self.unsaid)} unsaid;"
            f" {len(self.uncertain)} uncertain, of which {len(self.uncertain_that_left)} had left"
            + "".join(f"; {note}" for note in self.notes)
        )


def ledger_of(site: RunningSite, mailing: str, provider: RunningProvider) -> Ledger:
    """Read the rows, and compare them with the provider's log."""
    # On SQLite a UUID is text without dashes; these run on PostgreSQL alone.
    [(state, problem, candidates)] = site.rows(MAILING, mailing)
    rows: dict[int, str] = {int(number): each for number, each in site.rows(STATES, mailing)}
    accepted = provider.accepted()
    by: dict[str, set[int]] = {}
    for number, each in rows.items():
        by.setdefault(each, set()).add(number)
    uncertain = by.get("UNCERTAIN", set())
    said: set[int] = by.get("ACCEPTED", set()) | uncertain
    known = {number: count for number, count in accepted.items() if number in rows}
    return Ledger(
        state=state,
        problem=problem,
        candidates=candidates,
        by_state=Counter(rows.values()),
        lost=(by.get("ACCEPTED", set()) - known.keys())
        | (set() if state in UNDER_WAY else by.get("PENDING", set())),
        twice={number for number, count in known.items() if count > 1},
        unsaid=known.keys() - said,
        uncertain=uncertain,
        uncertain_that_left=uncertain & known.keys(),
    )


def states_now(site: RunningSite, mailing: str) -> tuple[Any, ...]:
    """State and problem of a mailing."""
    [found] = site.rows(MAILING, mailing)
    return found[:2]

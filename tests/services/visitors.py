"""People with browsers, many at once."""

import http.client
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

from tests.running_site import RunningSite

PRESSES = 50
ROUNDS = int(os.environ.get("ROUNDS", "10"))
FORM = {"given_name": "Mila", "family_name": "Dubreux", "country": "BE"}


def fresh_address() -> str:
    return f"visitor-{uuid.uuid4().hex}@example.org"


def sign(
    site: RunningSite, email: str, *, language: str = "fr", petition: str = "ana-drovik"
) -> tuple[int, str]:
    """POST the signing form as a browser does; return the status and the Location."""
    place = uuid.uuid4().hex
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    try:
        connection.request(
            "POST",
            f"/{language}/petitions/{petition}/sign/",
            body=urlencode({**FORM, "email": email}),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Host": f"localhost:{site.port}",
                "Origin": site.base_url,
                "Sec-Fetch-Site": "same-origin",
                # Believed only by a site that stands behind a proxy.
                "X-Forwarded-For": f"2001:db8:{place[:4]}:{place[4:8]}::1",
            },
        )
        response = connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location", "")
    finally:
        connection.close()


def fifty_at_once(site: RunningSite) -> None:
    """Fifty presses with variants of one address at the same moment, ROUNDS times: one row each,
    and the same page for all."""
    tag = uuid.uuid4().hex[:12]
    for number in range(ROUNDS):
        name = f"Press-{tag}-{number}"
        variants = [
            f"{name}@example.org",
            f"{name.upper()}@Example.ORG",
            f"{name}+tram@example.org",
        ]
        answers = sign_at_once(
            site,
            [variants[press % 3] for press in range(PRESSES)],
            [("fr", "nl", "de", "en")[press % 4] for press in range(PRESSES)],
        )
        assert {status for status, _location in answers} == {303}
        assert {location[3:] for _status, location in answers} == {"/petitions/ana-drovik/thanks/"}
    counted = site.rows(
        "SELECT COUNT(DISTINCT supporter.id), COUNT(*) FROM petitions_signature signature"
        " JOIN supporters_supporter supporter ON supporter.id = signature.supporter_id"
        " WHERE supporter.email_canonical LIKE %s",
        f"press-{tag}-%",
    )
    assert [tuple(row) for row in counted] == [(ROUNDS, ROUNDS)]
    kind = site.environment.get("DATABASE_URL", "sqlite").partition(":")[0]
    print(  # noqa: T201  (the figures that the issue asks to see)
        f"\n{ROUNDS} rounds of {PRESSES} presses at once on {kind}: one row each round,"
        " 303 to the same page for all"
    )


def sign_at_once(
    site: RunningSite, emails: list[str], languages: list[str]
) -> list[tuple[int, str]]:
    """All of them press at the same moment."""
    barrier = Barrier(len(emails))

    def press(email: str, language: str) -> tuple[int, str]:
        barrier.wait()
        return sign(site, email, language=language)

    with ThreadPoolExecutor(len(emails)) as pool:
        return list(pool.map(press, emails, languages))

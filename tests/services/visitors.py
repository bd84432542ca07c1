"""People with browsers, many at once."""

import http.client
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

from tests.running_site import RunningSite

FORM = {"given_name": "Mila", "family_name": "Dubreux", "country": "BE"}


def fresh_address() -> str:
    return f"visitor-{uuid.uuid4().hex}@example.org"


def sign(
    site: RunningSite, email: str, *, language: str = "fr", petition: str = "ana-drovik"
) -> tuple[int, str]:
    """POST the signing form as a browser does; return the status and the Location."""
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
            },
        )
        response = connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location", "")
    finally:
        connection.close()


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

"""Public pages are kept for a few seconds: rendered once for all, and gone when they have to be."""

import os
import signal
import threading
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client, TestCase
from django.urls import path, reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from campaigns.cases.services import hide_case
from campaigns.web import COUNT_CACHE, cacheable, personal
from config import page_cache, urls
from config.render_claims import CLAIM_SECONDS, FileClaims
from tests.factories.facts import make_case, make_petition
from tests.factories.pages import make_case_page, make_search_page, make_standard_page
from tests.factories.people import make_staff
from tests.steps import press_sign

pytestmark = pytest.mark.django_db
WORKERS = 12
# What no names are looked for in: these views need no database.
KIND = "application/octet-stream"


class Renders:
    """What the views below were asked, and how long they take."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.seconds = 0.0
        self.hangs: threading.Event | None = None

    def note(self, request: HttpRequest) -> str:
        self.paths.append(request.path)
        words = f"render {len(self.paths)}"
        time.sleep(self.seconds)
        hangs, self.hangs = self.hangs, None
        if hangs:
            hangs.wait(10)
        return f"{words} {'of many words ' * 20}"


renders = Renders()


@cacheable()
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse(renders.note(request), KIND)


@cacheable(COUNT_CACHE.replace("s-maxage=5", "s-maxage=2"))
def short_lived(request: HttpRequest) -> HttpResponse:
    return HttpResponse(renders.note(request), KIND)


@personal
def private(request: HttpRequest) -> HttpResponse:
    return HttpResponse(renders.note(request), KIND)


@cacheable()
def with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(renders.note(request), KIND)
    response.set_cookie("seen", "yes")
    return response


@cacheable()
def varied(request: HttpRequest) -> HttpResponse:
    return HttpResponse(renders.note(request), KIND, headers={"Vary": "Accept-Encoding, Cookie"})


@cacheable()
def streamed(request: HttpRequest) -> HttpResponseBase:
    return StreamingHttpResponse([renders.note(request)])


@cacheable()
def enormous(request: HttpRequest) -> HttpResponse:
    return HttpResponse(renders.note(request) + "x" * page_cache.LARGEST_PAGE_BYTES, KIND)


@cacheable()
def missing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(renders.note(request), KIND, status=404)


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse(renders.note(request), KIND)


NEVER_KEPT = [private, with_cookie, varied, streamed, enormous, missing, unmarked]
urlpatterns = [
    *(path(f"fr/test/{view.__name__}/", view) for view in (public, short_lived, *NEVER_KEPT)),
    path("admin/test/", public),
    path("documents/test/", public),
    *urls.urlpatterns,
]
handler500 = urls.handler500


@pytest.fixture(autouse=True)
def _switched_on(settings, tmp_path: Path) -> None:
    settings.PAGE_CACHE_SECONDS = 5
    settings.ROOT_URLCONF = __name__
    settings.VAR = tmp_path
    renders.__init__()


@pytest.fixture
def whole_site(settings, db) -> None:
    """The addresses as they ship."""
    settings.ROOT_URLCONF = "config.urls"


@pytest.fixture(params=["memory", "files"])
def processes(request: pytest.FixtureRequest, settings, tmp_path: Path) -> list[Client]:
    """Each client has a memory of its own, like a process, and shares what processes share.

    But a lock on a file is the whole process's, so that two of them cannot be played there.
    """
    clients = [Client(), Client()]
    if request.param == "files":
        backend = "django.core.cache.backends.filebased.FileBasedCache"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path / "cache")}}
        del clients[1:]
    for client in clients:
        client.get("/healthz")  # Middleware is made with the first request.
    return clients


def render_in(response: Any) -> str:
    return " ".join(response.getvalue().decode().split()[:2])


def ask(client: Client, address: str = "/fr/test/public/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return render_in(response)


def at_once(*clients: Client, address: str = "/fr/test/public/") -> list[str]:
    """What all of them get who ask in the same moment."""
    together = threading.Barrier(len(clients))

    def ask_together(client: Client) -> str:
        together.wait()
        return ask(client, address)

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(ask_together, clients))


def is_kept(client: Client, address: str, **how: Any) -> bool:
    client.get(address, **how)
    response = client.get(address, **how)
    assert response.status_code in {200, 404, 410}
    return "Age" in response.headers


# What is kept


def test_a_page_is_rendered_once_in_its_time_and_says_how_old_it_is(client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = client.get("/fr/test/public/")
        clock.shift(4)
        # Every browser's reload says so.
        second = client.get("/fr/test/public/", headers={"Cache-Control": "no-cache"})
        assert second.content == first.content
        assert dict(second.headers) == {**first.headers, "Age": "4"}
        assert client.head("/fr/test/public/").headers["Age"] == "4"
        clock.shift(1)
        assert "Age" not in client.get("/fr/test/public/").headers
    assert len(renders.paths) == 2


def test_an_answer_that_is_fresh_for_less_is_kept_for_less(client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for seconds, count in ((0, 1), (1.9, 1), (0.2, 2)):
            clock.shift(seconds)
            client.get("/fr/test/short_lived/")
            assert len(renders.paths) == count


@pytest.mark.parametrize(
    ("address", "how"),
    [
        ("/fr/test/public/?source=poster", {}),
        ("/fr/test/public/", {"headers": {"Host": "localhost"}}),
        ("/fr/test/public/", {"secure": True}),
        ("/fr/test/public/", {"headers": {"Accept-Encoding": "br, gzip"}}),
    ],
    ids=["query", "host", "scheme", "gzip"],
)
def test_what_an_answer_depends_on_tells_kept_pages_apart(client, address, how):
    assert is_kept(client, "/fr/test/public/")
    assert is_kept(client, address, **how)
    assert len(renders.paths) == 2
    is_gzip = client.get(address, **how).get("Content-Encoding") == "gzip"
    assert is_gzip == ("gzip" in str(how))


@pytest.mark.parametrize(
    "address",
    [*(f"/fr/test/{view.__name__}/" for view in NEVER_KEPT), "/admin/test/", "/documents/test/"],
)
def test_what_is_not_for_everybody_is_never_kept(client, address):
    assert not is_kept(client, address)
    assert len(renders.paths) == 2


@pytest.mark.parametrize(
    "known",
    [
        {"Authorization": f"Basic {b64encode(b'mila:secret').decode()}"},
        {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}=abc"},
    ],
    ids=["password", "session"],
)
def test_whoever_is_known_gets_no_kept_page_and_leaves_none(client, known):
    assert not is_kept(client, "/fr/test/public/?known", headers=known)
    client.cookies.clear()
    assert is_kept(client, "/fr/test/public/")
    assert "Age" not in client.get("/fr/test/public/", headers=known).headers


def test_a_host_that_is_not_ours_is_refused(client):
    assert is_kept(client, "/fr/test/public/")
    assert client.get("/fr/test/public/", headers={"Host": "evil.example"}).status_code == 400


# Who renders


def test_one_renders_while_the_others_wait_or_take_what_is_there(processes):
    many = processes * (WORKERS // len(processes))
    renders.seconds = 0.2
    assert set(at_once(*many)) == {"render 1"}
    with time_machine.travel(time.time() + 6):
        assert sorted(at_once(*many)) == ["render 1"] * (WORKERS - 1) + ["render 2"]
        assert at_once(*many) == ["render 2"] * WORKERS
    with time_machine.travel(time.time() + 30):
        assert set(at_once(*many)) == {"render 3"}


def test_nobody_waits_for_another_where_nothing_is_kept(client):
    client.get("/fr/test/private/")
    renders.seconds = 0.2
    started = time.monotonic()
    at_once(*[client] * WORKERS, address="/fr/test/private/")
    assert time.monotonic() - started < 0.2 * WORKERS / 2


def test_a_render_that_hangs_blocks_nobody_for_long(processes, monkeypatch):
    monkeypatch.setattr(page_cache, "LONGEST_WAIT_SECONDS", 0.1)
    one, other = processes[0], processes[-1]
    hangs = renders.hangs = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        hung = threads.submit(ask, one)
        while not renders.paths:
            time.sleep(0.01)
        started = time.monotonic()
        assert ask(other) == "render 2"
        assert time.monotonic() - started < CLAIM_SECONDS / 2
        assert ask(one) == "render 2"
        hangs.set()
        assert hung.result() == "render 1"


def test_a_lock_goes_with_the_process_that_held_it(tmp_path):
    name, another = "ab" * 32, "cd" * 32
    reads, writes = os.pipe()
    child = os.fork()
    if not child:  # Nothing but this happens there, whatever becomes of it.
        try:
            FileClaims(tmp_path / "lock").take(name)
            os.write(writes, b"taken")
            signal.pause()
        finally:
            os._exit(1)
    assert os.read(reads, 5) == b"taken"
    claims = FileClaims(tmp_path / "lock")
    assert not claims.take(name)
    assert claims.take(another)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert claims.take(name)


def test_without_redis_each_process_keeps_its_own(settings):
    backend = "config.shared_cache.SharedCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:9/0"}}
    one, other = Client(), Client()
    started = time.monotonic()
    assert [ask(one), ask(other), ask(one), ask(other)] == ["render 1", "render 2"] * 2
    assert time.monotonic() - started < page_cache.LONGEST_WAIT_SECONDS / 2


# The site's own pages


def test_public_pages_are_kept_and_personal_ones_are_not(client, whole_site):
    page = make_case_page(petition=make_petition())
    reference = page.petition.reference
    search = make_search_page()
    behind_login = make_standard_page()
    PageViewRestriction.objects.create(
        page=behind_login, restriction_type=PageViewRestriction.LOGIN
    )
    kept = {
        **dict.fromkeys(["/fr/", page.url, f"{page.url}?source=poster", search.url], True),
        **dict.fromkeys(["/robots.txt", "/sitemap.xml", "/fr/feeds/good-news/"], True),
        f"/petitions/{reference}/count/": True,
        f"/fr/petitions/{reference}/count/": True,
        f"/fr/petitions/{reference}/sign/": True,
        f"/fr/petitions/{reference}/thanks/": True,
        "/fr/confirm-signature/page/abc/": False,
        "/fr/nowhere/": False,
        "/healthz": False,
    }
    assert {address: is_kept(client, address) for address in kept} == kept
    assert client.get(behind_login.url).status_code == 302
    refused = press_sign(client, page.petition, email="no address")
    assert refused.status_code == 422
    assert "Age" not in client.get(f"/fr/petitions/{reference}/sign/?again").headers


def test_what_has_no_language_is_kept_once_for_all(client, whole_site):
    address = f"/petitions/{make_petition().reference}/count/"
    client.get(address, headers={"Accept-Language": "nl"})
    response = client.get(address, headers={"Accept-Language": "de"})
    assert "Age" in response.headers
    assert "Accept-Language" not in response.get("Vary", "")


def test_a_preview_neither_is_a_kept_page_nor_becomes_one(client, whole_site):
    page = make_standard_page(title="Vu de tous")
    assert is_kept(client, page.url)
    page.title = "Encore un brouillon"
    page.save_revision()
    staff = Client()
    staff.force_login(make_staff(is_superuser=True))
    preview = staff.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert "Encore un brouillon" in preview.text
    with time_machine.travel(time.time() + 30):
        assert "Encore un brouillon" not in client.get(page.url).text


def gone_within_a_second(client: Client, page: Page) -> bool:
    """Long before its time, though it was just shown, and in all processes."""
    with time_machine.travel(time.time() + 1.1):
        return client.get(page.url).status_code != 200


def test_a_case_that_is_taken_down_is_kept_nowhere(processes, whole_site):
    case = make_case(given_name="Zephyrine")
    page = make_case_page(case=case, title="Zephyrine", slug="z")
    mention = make_standard_page(introduction="Avec Zephyrine.")
    for each in processes:
        assert is_kept(each, page.url)
        assert "Zephyrine" in each.get(mention.url).text
    with TestCase.captureOnCommitCallbacks(execute=True):
        hide_case(case=case, reason="Danger", by=make_staff(), now=timezone.now())
        # Not before the change is there to be seen.
        assert processes[0].get(page.url).status_code == 200
    for each in processes:
        assert gone_within_a_second(each, page)
        with time_machine.travel(time.time() + 1.1):
            assert "Zephyrine" not in each.get(mention.url).text


@pytest.mark.parametrize("how", ["unpublish", "delete", "move", "restrict"])
def test_a_page_that_is_not_there_any_more_is_kept_nowhere(client, whole_site, how):
    page, parent = make_standard_page(), make_standard_page()
    assert is_kept(client, page.url)
    with TestCase.captureOnCommitCallbacks(execute=True):
        if how == "restrict":
            PageViewRestriction.objects.create(
                page=page, restriction_type=PageViewRestriction.LOGIN
            )
        elif how == "move":
            Page.objects.get(pk=page.pk).move(parent, pos="last-child")
        else:
            getattr(Page.objects.get(pk=page.pk), how)()
    assert gone_within_a_second(client, page)


def test_what_is_published_shows_at_once(client, whole_site):
    page = make_standard_page(title="Avant")
    assert is_kept(client, page.url)
    page.title = "Après"
    with TestCase.captureOnCommitCallbacks(execute=True):
        page.save_revision().publish()
    with time_machine.travel(time.time() + 1.1):
        assert "Après" in client.get(page.url).text

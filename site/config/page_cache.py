"""The site's own cache of public pages: a storm of reloads costs one render per address.

A page is fresh for settings.PAGE_CACHE_SECONDS, and for as long again it may be shown while one
thread of one process renders it anew. Kept are answers that say themselves that everybody may
have them; what they look like depends on the address and on gzip alone. This stands outside of
nearly all middleware, so that a kept page is sent as it is: finished, compressed, with its headers.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.core.cache import cache, caches
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import re_accepts_gzip

from campaigns.kept_pages import current_generation

from .render_claims import claims_beside

View = Callable[[HttpRequest], HttpResponse]
# Scheme, host, path, query, and whether gzip is understood.
Address = tuple[str, str, str, str, bool]

MOST_PAGES = 256
MOST_BYTES = 32 * 1024 * 1024
LARGEST_PAGE_BYTES = 2 * 1024 * 1024
# Addresses whose answers are not kept, remembered so that nobody waits for one another there.
MOST_PASSED = 1024
GENERATION_SECONDS = 1.0
# Changes with the form of what is kept: during a deployment, old and new processes share a cache.
FORM = 1
# Whoever has waited so long for another's render begins one, rather than fail.
LONGEST_WAIT_SECONDS = 3.0
POLL_SECONDS = 0.01
# Staff, files, and what providers and mail programs ask: never looked up, never kept.
PASSED_BY = ("/admin/", "/documents/", "/anymail/", "/outbox/")
NEVER_SHARED = {"private", "no-store", "no-cache"}
S_MAXAGE = re.compile(r"s-maxage=(\d+)")


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A finished answer. `rendered_at` is when rendering began: it knows nothing of later."""

    generation: str
    rendered_at: float
    fresh_seconds: int
    headers: dict[str, str]
    body: bytes

    def is_fresh(self, now: float) -> bool:
        return 0 <= now - self.rendered_at < self.fresh_seconds

    def is_usable(self, now: float) -> bool:
        """While it is being rendered anew."""
        return 0 <= now - self.rendered_at < 2 * self.fresh_seconds

    def answer(self, now: float) -> HttpResponse:
        # Caches behind us subtract what the page spent here from what they may keep it for.
        age = str(int(now - self.rendered_at))
        return HttpResponse(self.body, headers={**self.headers, "Age": age})


class Memory:
    """The pages that this process has shown last, bounded by number and by bytes."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Address, KeptPage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, address: Address) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(address)
            if page is not None:
                self._pages.move_to_end(address)
            return page

    def put(self, address: Address, page: KeptPage) -> None:
        with self._lock:
            former = self._pages.pop(address, None)
            self._bytes += len(page.body) - (len(former.body) if former else 0)
            self._pages[address] = page
            while len(self._pages) > MOST_PAGES or self._bytes > MOST_BYTES:
                _address, oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.body)


class PageCacheMiddleware:
    """Answers from what is kept; else renders, once for all who ask at that moment.

    What a request says about caches is not listened to: every browser's reload says `no-cache`,
    and a storm of reloads is what this is for. Nothing here is older than ten seconds.
    """

    def __init__(self, get_response: View) -> None:
        if not settings.PAGE_CACHE_SECONDS:
            raise MiddlewareNotUsed("PAGE_CACHE_SECONDS is 0.")
        self.get_response = get_response
        self.seconds: int = settings.PAGE_CACHE_SECONDS
        self.passed_by = (*PASSED_BY, settings.STATIC_URL, settings.MEDIA_URL)
        self.memory = Memory()
        self.claims = claims_beside(caches["default"], settings.VAR)
        self._passed: dict[Address, float] = {}
        self._generation: str | None = None
        self._generation_read_at = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = self._address(request)
        if address is None:
            return self.get_response(request)
        now = time.time()
        generation = self._current_generation(now)
        page = self.memory.get(address)
        if page is not None and page.generation == generation and page.is_fresh(now):
            return page.answer(now)
        if request.method == "HEAD":
            return self.get_response(request)
        if now < self._passed.get(address, 0):
            return self._rendered(request, address, generation)
        return self._fetched(request, address, generation)

    def _address(self, request: HttpRequest) -> Address | None:
        """What the answer depends on; None where the cache has no business."""
        meta = request.META
        if (
            request.method not in {"GET", "HEAD"}
            or request.path_info.startswith(self.passed_by)
            or "HTTP_AUTHORIZATION" in meta
            # Staff see what they have just published, and see it now.
            or settings.SESSION_COOKIE_NAME in meta.get("HTTP_COOKIE", "")
            # A preview bears the address of the page whose draft it shows.
            or getattr(request, "is_dummy", False)
        ):
            return None
        try:
            host = request.get_host()
        except DisallowedHost:
            return None  # Refused further in.
        accepts_gzip = bool(re_accepts_gzip.search(meta.get("HTTP_ACCEPT_ENCODING", "")))
        query = meta.get("QUERY_STRING", "")
        return request.scheme or "", host, request.path, query, accepts_gzip

    def _current_generation(self, now: float) -> str:
        """Asked for once a second, by one thread; the others go on with what is known."""
        known = self._generation
        if known is None or not 0 <= now - self._generation_read_at < GENERATION_SECONDS:
            self._generation_read_at = now
            known = self._generation = current_generation()
        return known

    def _fetched(self, request: HttpRequest, address: Address, generation: str) -> HttpResponse:
        """The page from another process, or rendered by us, or by another while we wait."""
        name = _name(generation, address)
        patience_ends_at = time.monotonic() + LONGEST_WAIT_SECONDS
        while True:
            with self.claims.claim(name) as is_ours:
                # After the claim: whoever had it before us may just have finished.
                now = time.time()
                page = self._newest(address, generation, now)
                if page is not None and page.is_fresh(now):
                    return page.answer(now)
                if is_ours:
                    return self._rendered(request, address, generation)
            if page is not None:
                return page.answer(now)
            if now < self._passed.get(address, 0) or time.monotonic() > patience_ends_at:
                return self._rendered(request, address, generation)
            time.sleep(POLL_SECONDS)

    def _newest(self, address: Address, generation: str, now: float) -> KeptPage | None:
        """What may be shown, from this process or another."""
        page = self.memory.get(address)
        if page is not None and page.generation != generation:
            page = None
        if page is None or not page.is_fresh(now):
            kept = cache.get(_key(generation, address))
            if kept is not None and (page is None or kept[0] > page.rendered_at):
                rendered_at, fresh_seconds, headers, body = kept
                # Another machine's clock may be ahead of ours.
                rendered_at = min(rendered_at, now)
                page = KeptPage(generation, rendered_at, fresh_seconds, headers, body)
                self.memory.put(address, page)
        return page if page is not None and page.is_usable(now) else None

    def _rendered(self, request: HttpRequest, address: Address, generation: str) -> HttpResponse:
        """A new answer; kept, if everybody may have it."""
        rendered_at = time.time()
        response = self.get_response(request)
        fresh_seconds = min(self.seconds, seconds_for_all(response))
        if fresh_seconds and request.method == "GET":
            kept = (rendered_at, fresh_seconds, dict(response.items()), response.content)
            cache.set(_key(generation, address), kept, timeout=2 * fresh_seconds)
            self.memory.put(address, KeptPage(generation, *kept))
            self._passed.pop(address, None)
        else:
            if len(self._passed) >= MOST_PASSED:
                self._passed.clear()
            self._passed[address] = rendered_at + self.seconds
        return response


def seconds_for_all(response: HttpResponse) -> int:
    """For how long an answer says that caches may keep it for everybody; 0 where it does not."""
    if (
        response.status_code != 200
        or response.streaming
        or response.cookies
        or len(response.content) > LARGEST_PAGE_BYTES
    ):
        return 0
    policy = {word.strip().lower() for word in response.get("Cache-Control", "").split(",")}
    varies = {word.strip().lower() for word in response.get("Vary", "").split(",")}
    if "public" not in policy or policy & NEVER_SHARED or varies - {"", "accept-encoding"}:
        return 0
    return max((int(found[1]) for found in map(S_MAXAGE.fullmatch, policy) if found), default=0)


def _name(generation: str, address: Address) -> str:
    return sha256(repr((FORM, generation, address)).encode()).hexdigest()


def _key(generation: str, address: Address) -> str:
    return f"page:{_name(generation, address)}"

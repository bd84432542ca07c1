"""What every public view agrees on: who may post, what may be cached, what must not.

Public pages carry no cookie and no token, so that one copy serves everybody. Posts are protected
by where the browser says that they come from (OWASP's fetch-metadata rule), not by a secret in
the page.
"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
# A case that is taken down has to be gone everywhere within a minute: ten seconds in a browser,
# after at most twenty and twenty more, while it is being fetched anew, in a shared cache.
PUBLIC_CACHE = "public, max-age=10, s-maxage=20, stale-while-revalidate=20"
COUNT_CACHE = "public, max-age=5, s-maxage=5, stale-while-revalidate=30"


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that this request was made by one of our own pages.

    `Sec-Fetch-Site` decides when it is there. Older browsers send `Origin` with every POST; a
    client that sends neither is no browser, and so carries nobody's cookies.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    host = request.get_host()
    return origin is None or origin in {f"http://{host}", f"https://{host}"}


def public_form(view: View) -> View:
    """A form that works on cached pages: no CSRF token, and no post from another site."""

    @csrf_exempt
    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in SAFE_METHODS and not comes_from_here(request):
            raise PermissionDenied("This form was sent from another site.")
        return view(request, *args, **kwargs)

    wrapper.is_public_form = True  # type: ignore[attr-defined]  # Listed by a test.
    return wrapper


def cacheable(policy: str = PUBLIC_CACHE) -> Callable[[View], View]:
    """Marks a view's successful answers as the same for everybody."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if request.method in SAFE_METHODS and response.status_code == 200:
                response.headers.setdefault("Cache-Control", policy)
            return response

        return wrapper

    return decorate


def open_to_scripts(view: View) -> View:
    """Marks public facts that scripts of other sites may read. Nobody's cookies come with that."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return wrapper


def personal(view: View) -> View:
    """A page that belongs to one reader: never stored, never indexed, never framed."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper

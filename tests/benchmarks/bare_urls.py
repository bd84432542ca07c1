"""The least that Django can do: what the site's own views are measured against."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from config.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]

PAGE = "<!doctype html><html lang='fr'><title>Nu</title><p>Une page sans rien.</p></html>"


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """Reads one field of the form, writes one row, commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_insert (address, inserted_at) VALUES (%s, %s)",
            [request.POST["email"], timezone.now()],
        )
    return HttpResponseRedirect("/fr/", status=303)


def page(request: HttpRequest) -> HttpResponse:
    """A page without a query or a template."""
    return HttpResponse(PAGE)


urlpatterns = [
    path("bare/insert/", insert),
    path("bare/page/", page),
    *urlpatterns,
]

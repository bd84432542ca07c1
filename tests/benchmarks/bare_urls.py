"""The least that Django and Wagtail can do: what the site's own views are measured against."""

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.rich_text import RichText

from config.urls import handler500, urlpatterns

from .content import PLAIN_SLUG

__all__ = ["handler500", "urlpatterns"]

PAGE = "<!doctype html><html lang='fr'><title>Nu</title><p>Une page sans rien.</p></html>"
PLAIN_TEMPLATE = """<!doctype html>
{% load wagtailcore_tags wagtailimages_tags %}
<html lang="fr">
    <head><title>{{ page.title }}</title></head>
    <body>
        <h1>{{ page.title }}</h1>
        {% image picture fill-800x400 %}
        {{ words|richtext }}
    </body>
</html>
"""
PARAGRAPH = f"<p>{'Quelques mots de plus. ' * 16}</p>\n"
LAST = "<p>{}</p>"


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


def plain(request: HttpRequest, length: int) -> TemplateResponse:
    """What a page takes that Wagtail finds and shows, with `length` bytes of text and a picture.

    No menu, no footer, no other language, no block, no link, no form.
    """
    found = Page.route_for_request(request, PLAIN_SLUG)
    if found is None or found.page.get_view_restrictions():
        raise Http404
    paragraphs, rest = divmod(length - len(LAST.format("")), len(PARAGRAPH))
    context = {
        **found.page.get_context(request),
        "picture": get_image_model().objects.first(),
        "words": RichText(PARAGRAPH * paragraphs + LAST.format("." * rest)),
    }
    return TemplateResponse(request, engines["django"].from_string(PLAIN_TEMPLATE), context)


urlpatterns = [
    path("bare/insert/", insert),
    path("bare/page/", page),
    path("bare/plain/<int:length>/", plain),
    *urlpatterns,
]

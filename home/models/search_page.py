from typing import Any

from django.utils.translation import gettext_lazy as _

from home import selectors

from .base import BasePage

LONGEST_QUERY = 200


class SearchPage(BasePage):
    """Finds published pages in the reader's language."""

    template = "pages/search_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    page_description = _("The search page.")

    class Meta:
        verbose_name = _("search page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        # NUL cannot be stored, so nothing that holds one can be found.
        query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUERY]
        context["query"] = query
        context["results"] = selectors.search(query, self.locale_id) if query else []
        return context

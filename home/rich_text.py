"""Links in running text."""

from django.db.models import Prefetch
from django.utils.html import escape
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.rich_text.pages import PageLinkHandler

from campaigns.cases.models import Case

from .destinations import destinations
from .media.models import CustomDocument


class ReadablePageLinkHandler(PageLinkHandler):
    """Links to pages that everybody may read; of all others the words stay, without an address.

    Wagtail's own spells the slug of pages that were taken down, and makes a query per type of
    page and per link; this one makes one per text.
    """

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, str]]) -> list[str]:
        keys = [attrs.get("id", "") for attrs in attrs_list]
        found = destinations(int(key) for key in keys if key.isdecimal())
        targets = [found.get(int(key)) if key.isdecimal() else None for key in keys]
        return [f'<a href="{escape(target.url)}">' if target else "<a>" for target in targets]


class ReadableDocumentLinkHandler(DocumentLinkHandler):
    """Links to documents that may be shown today; of all others the words stay.

    One query per text, as with Wagtail's own, and two more where a document belongs to a case.
    """

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, str]]) -> list[CustomDocument | None]:
        keys = [attrs.get("id", "") for attrs in attrs_list]
        documents = CustomDocument.objects.filter(
            pk__in=[int(key) for key in keys if key.isdecimal()], withheld_at=None
        ).prefetch_related(Prefetch("case", Case.objects.with_exposure()))
        found = {str(document.pk): document for document in documents if document.may_be_shown()}
        return [found.get(key) for key in keys]

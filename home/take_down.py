"""What may be shown of a case, carried out on pages, pictures and documents.

Called in the transaction that changes a case, when a page about one is published, and every
minute by beat, which finds what an interruption left behind. Files are moved after the commit.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.text import slugify
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageLogEntry, ReferenceIndex

from campaigns.cases.models import Case
from campaigns.cases.selectors import is_named_in
from home import selectors
from home.media.models import CustomDocument, CustomImage
from home.models import CasePage, UrgentActionPage

WITHHELD_FOLDER = "withheld"


def follow_case(*, case: Case, now: datetime) -> None:
    """Bring everything that shows a case to what may be shown at that moment. Idempotent."""
    case = Case.objects.with_exposure().get(pk=case.pk)
    if case.state == Case.State.REMOVED:
        _remove(case)
        return
    is_public = case.is_public(at=now)
    for page in selectors.pages_about(case).specific():
        if is_public:
            _keep_names_out_of_address(page, case, now=now)
        elif page.live:
            _take_off(page, case, now=now)
    shows_images = is_public and case.shows_image
    _follow_files(_pictures_of(case), may_be_shown=shows_images, now=now)
    documents = _documents_of(case)
    _follow_files(documents, may_be_shown=is_public, now=now)
    for document in documents.filter(withheld_at=None) if is_public else ():
        if is_named_in(slugify(document.filename), case, now=now):
            transaction.on_commit(partial(_rename, document, withheld_at=None), robust=True)


def follow_all_cases(*, now: datetime) -> None:
    """The same for every case whose day may have come, and for files that were left behind."""
    is_any_withheld = any(
        model.objects.filter(withheld_at__isnull=False).exists()
        for model in (CustomImage, CustomDocument)
    )
    for case in Case.objects.with_exposure():
        is_public = case.is_public(at=now)
        if is_public and case.shows_image and not is_any_withheld:
            continue  # Nearly all of them: everything is shown, and nothing is put away.
        if _lags_behind(case, is_public=is_public):
            with transaction.atomic():
                follow_case(case=case, now=now)


def _lags_behind(case: Case, *, is_public: bool) -> bool:
    """Whether a page is up that should not be, or a file is where it should not be."""
    shows_images = is_public and case.shows_image
    documents = _documents_of(case)
    return (
        (not is_public and selectors.pages_about(case).filter(live=True).exists())
        or _pictures_of(case).filter(withheld_at__isnull=not shows_images).exists()
        or documents.filter(withheld_at__isnull=not is_public).exists()
    )


def move_embargo(*, case: Case, former: datetime) -> None:
    """Pages that wait for the end of an embargo wait for its new end, or come up now."""
    for page in selectors.pages_about(case).filter(live=False).specific():
        waiting = page.get_latest_revision_as_object()
        if page.scheduled_revision is not None and waiting.go_live_at == former:
            waiting.go_live_at = case.embargo_until
            waiting.save_revision(log_action=True).publish()


def _remove(case: Case) -> None:
    """For ever: pages with their drafts, pictures, documents."""
    files = [*_pictures_of(case), *_documents_of(case)]
    for page in selectors.pages_about(case).order_by("-depth").specific():
        page.delete()
        # The histories outlive their pages, and call them by their titles.
        PageLogEntry.objects.filter(page=page.pk).update(label=str(case), data={})
    for file in files:
        file.delete()  # Wagtail deletes the file itself after the commit.


def _take_off(page: Page, case: Case, *, now: datetime) -> None:
    """Unpublish a page. Under an embargo it comes back by itself, at its time."""
    page.unpublish(log_action=True)
    _forget_former_addresses(page)
    if (
        case.state in Case.PUBLIC_STATES
        and case.embargo_until is not None
        and case.embargo_until > now
    ):
        page.go_live_at = case.embargo_until
        page.save_revision(log_action=True).publish()


def _keep_names_out_of_address(page: Page, case: Case, *, now: datetime) -> None:
    """Another slug where it holds a name; nothing leads from the old one to the new."""
    if not is_named_in(page.slug, case, now=now):
        return
    slug = f"page-{page.pk}"
    draft = page.get_latest_revision_as_object()
    draft.slug = slug
    draft.save_revision(log_action=False)
    page.refresh_from_db()
    page.slug = slug
    page.save(log_action=False)
    # Wagtail writes its redirect after the commit, and so a moment before this.
    transaction.on_commit(partial(_forget_former_addresses, page), robust=True)


def _forget_former_addresses(page: Page) -> None:
    """Redirects spell them, and Wagtail makes one when a slug changes."""
    Redirect.objects.filter(redirect_page=page.pk).delete()


def _pictures_of(case: Case) -> Any:
    """The pictures that show a case: filed under it, or standing as portrait on its pages."""
    chosen = {
        *CasePage.objects.filter(case=case).values_list("portrait", flat=True),
        *UrgentActionPage.objects.filter(urgent_action__case=case).values_list(
            "picture", flat=True
        ),
    }
    filed = CustomImage.objects.filter(case=case).values_list("pk", flat=True)
    used = _used_only_about(case, CustomImage)
    return CustomImage.objects.filter(pk__in={*filed, *chosen, *used} - {None})


def _documents_of(case: Case) -> Any:
    """The documents of a case: filed under it, or offered on its pages alone."""
    filed = CustomDocument.objects.filter(case=case).values_list("pk", flat=True)
    return CustomDocument.objects.filter(pk__in={*filed, *_used_only_about(case, CustomDocument)})


def _used_only_about(case: Case, model: type[CustomImage] | type[CustomDocument]) -> set[int]:
    """Files that stand in pages about the case and in no others, filed or not."""
    own = {str(pk) for pk in selectors.pages_about(case).values_list("pk", flat=True)}
    page_type = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.objects.filter(
        base_content_type=page_type, to_content_type=ContentType.objects.get_for_model(model)
    )
    used = set(references.filter(object_id__in=own).values_list("to_object_id", flat=True))
    elsewhere = references.filter(to_object_id__in=used).exclude(object_id__in=own)
    return {int(pk) for pk in used - set(elsewhere.values_list("to_object_id", flat=True))}


def _follow_files(
    files: Iterable[CustomImage | CustomDocument], *, may_be_shown: bool, now: datetime
) -> None:
    for file in files:
        if may_be_shown and file.withheld_at is not None:
            type(file).objects.filter(pk=file.pk).update(withheld_at=None)
        elif not may_be_shown and file.withheld_at is None:
            transaction.on_commit(partial(_rename, file, withheld_at=now), robust=True)


def _rename(file: CustomImage | CustomDocument, *, withheld_at: datetime | None) -> None:
    """Move the file to a name that nobody knows; what was made of it goes.

    First the copy, then the row, then the old file: whatever interrupts this, the next round of
    beat finds the row unmarked and does it again.
    """
    storage, old = file.file.storage, file.file.name
    new = f"{WITHHELD_FOLDER}/{uuid.uuid4().hex}{PurePosixPath(old).suffix}"
    if storage.exists(old):
        with storage.open(old) as content:
            new = storage.save(new, content)
    if isinstance(file, CustomImage):
        for rendition in file.renditions.all():
            rendition.file.delete(save=False)
            rendition.delete()
    type(file).objects.filter(pk=file.pk).update(file=new, withheld_at=withheld_at)
    storage.delete(old)

"""The pages of imports and exports in the admin."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from celery import Task
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format, localize
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, View
from kombu.exceptions import OperationalError
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from campaigns.outbox import limits
from campaigns.supporters.postal import country_name
from campaigns.transitions import Refused
from campaigns.workspaces import Cell, Section

from . import selectors, services, tasks
from .contents import EXPORT_PERMISSION
from .forms import (
    AskForm,
    ExportForm,
    MeaningForm,
    ReadingForm,
    UploadForm,
    column_choices,
    letters,
)
from .headings import is_named
from .models import ExportJob, ImportJob
from .problems import Column
from .reading import Delimiter, Encoding
from .sources import source_of
from .writing import harmless

IMPORT_PERMISSION = "transfers.add_importjob"
# Read while its owner waits; what is larger goes to a worker.
SMALL_BYTES = 2 * 1024 * 1024
SHOWN_ROWS = 5
# Without these there is no row to import.
NEEDED = (Column.EMAIL, Column.GIVEN_ON, Column.PROOF)

State = ImportJob.State


def _ring(task: Task, **arguments: Any) -> None:
    """Ask a worker to begin now; without a broker the next tick finds what there is to do."""
    with suppress(OperationalError, OSError):
        task.delay(**arguments)


def _reasons(refused: Refused) -> str:
    return " ".join(str(reason) for reason in refused.messages)


@method_decorator(never_cache, name="dispatch")
class _StaffMixin:
    """A page for those who have `permission`. Nothing of it is kept by a cache or a browser."""

    permission = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class _Page(_StaffMixin, WagtailAdminTemplateMixin):
    """A page below the list of imports or exports."""

    index_name = ""
    index_label: Any = ""
    header_icon = "upload"

    def get_page_title(self) -> str:
        return str(self.page_title)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_name), "label": str(self.index_label)},
            {"url": "", "label": self.get_page_title()},
        ]


class _ImportPage(_Page):
    permission = IMPORT_PERMISSION
    index_name = "imports:index"
    index_label = gettext_lazy("Imports")


class _OneImport(_ImportPage):
    """A page about one import."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.job = get_object_or_404(ImportJob.objects.select_related("formula"), pk=kwargs["pk"])

    def address(self, name: str) -> str:
        return reverse(f"imports:{name}", args=[self.job.pk])

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            job=self.job,
            inspect_url=self.address("inspect"),
            meaning_url=self.address("meaning"),
            preview_url=self.address("preview"),
            reading_url=self.address("reading"),
            cancel_url=self.address("cancel"),
            **more,
        )


class JobIndexView(generic.IndexView):
    """A list of jobs, newest first, with the button for another one."""

    ask_name = ""
    ask_label: Any = ""
    ask_permission = ""

    def get_edit_url(self, instance: Any) -> Any:
        return self.get_inspect_url(instance)

    def get_list_buttons(self, instance: Any) -> list[Any]:
        return []

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.request.user.has_perm(self.ask_permission):
            return []
        return [HeaderButton(self.ask_label, url=reverse(self.ask_name), icon_name="plus")]


class ImportIndexView(JobIndexView):
    ask_name = "imports:upload"
    ask_label = gettext_lazy("Import a file")
    ask_permission = IMPORT_PERMISSION


class ExportIndexView(JobIndexView):
    ask_name = "exports:ask"
    ask_label = gettext_lazy("Export a list")
    ask_permission = EXPORT_PERMISSION


class UploadView(_ImportPage, FormView):
    """The first step: a file."""

    template_name = "campaigns/staff/transfers/upload.html"
    page_title = gettext_lazy("Import supporters")
    form_class = UploadForm

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            job = services.upload_import(
                title=file.name, blocks=file.chunks(), by=self.request.user, now=timezone.now()
            )
        except Refused as refused:
            form.add_error("file", refused)
            return self.form_invalid(form)
        return _read(job, size=file.size)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            columns=[column.label for column in Column],
            index_url=reverse(self.index_name),
            **more,
        )


def _read(job: ImportJob, *, size: int) -> HttpResponse:
    if size <= SMALL_BYTES:
        services.read_upload(job=job, now=timezone.now())
        job.refresh_from_db()
    else:
        _ring(tasks.read_upload, job_id=job.pk)
    name = "meaning" if job.state == State.PREPARING else "inspect"
    return HttpResponseRedirect(reverse(f"imports:{name}", args=[job.pk]))


class MeaningView(_OneImport, FormView):
    """The second step: what the columns mean, and whether the file was read right."""

    template_name = "campaigns/staff/transfers/meaning.html"
    page_title = gettext_lazy("What the columns mean")
    form_class = MeaningForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.job.state != State.PREPARING:
            return HttpResponseRedirect(self.address("inspect"))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "job": self.job}

    def form_valid(self, form: MeaningForm) -> HttpResponse:
        try:
            services.describe_import(job=self.job, meaning=form.meaning(), now=timezone.now())
        except Refused as refused:
            form.add_error(None, refused)
            return self.form_invalid(form)
        return HttpResponseRedirect(self.address("preview"))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            notes=self._notes(),
            reading_form=ReadingForm(job=self.job),
            sections=[self._sample()],
            unnamed=", ".join(
                str(column.label)
                for column in NEEDED
                if not is_named(column, self.job.headings, self.job.mapping)
            ),
            **more,
        )

    def _notes(self) -> list[str]:
        job = self.job
        notes = []
        if job.is_workbook:
            notes.append(_("This is a workbook; its first visible sheet is read."))
        else:
            notes.append(
                _("Read as %(encoding)s, with columns separated by a %(delimiter)s.")
                % {
                    "encoding": Encoding(job.encoding).label,
                    "delimiter": Delimiter(job.delimiter).label,
                }
            )
            if not job.encoding.startswith("utf"):
                notes.append(
                    _(
                        "The file is not UTF-8. If letters such as é or ö look wrong below,"
                        " choose another encoding."
                    )
                )
        if not job.has_header:
            notes.append(
                _(
                    "The first line looks like a person and not like headings, so it is"
                    " imported as one."
                )
            )
        unknown = [
            heading
            for number, heading in enumerate(job.headings)
            if heading and number not in job.mapping.values()
        ]
        if unknown:
            notes.append(
                _("Not recognised, and left out unless you choose them: %(headings)s.")
                % {"headings": ", ".join(unknown)}
            )
        return notes

    def _sample(self) -> Section:
        rows = selectors.sample_rows(self.job, SHOWN_ROWS)
        return Section(
            _("The first rows, as they stand in the file"),
            [_("Line"), *(words for _number, words in column_choices(self.job))]
            if self.job.headings
            else [_("Line"), *(letters(number) for number in range(self.job.width))],
            [
                [Cell(row.line), *(Cell(cell) for cell in _as_wide(row.cells, self.job.width))]
                for row in rows
            ],
        )


def _as_wide(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


class ReadingView(_OneImport, View):
    """Reads the file again, in another way."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReadingForm(request.POST, job=self.job)
        if not form.is_valid():
            messages.error(request, _("Please choose from the lists."))
            return HttpResponseRedirect(self.address("inspect"))
        try:
            services.read_again(job=self.job, **form.arguments(), now=timezone.now())
        except Refused as refused:
            messages.error(request, _reasons(refused))
            return HttpResponseRedirect(self.address("inspect"))
        return _read(self.job, size=SMALL_BYTES if self.job.row_count < 10_000 else SMALL_BYTES + 1)


class PreviewView(_OneImport, TemplateView):
    """The third step: the first rows as they would be stored; POST starts the import."""

    template_name = "campaigns/staff/transfers/preview.html"
    page_title = gettext_lazy("Preview of the import")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.job.state != State.PREPARING or not self.job.language:
            return HttpResponseRedirect(self.address("inspect"))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            services.start_import(job=self.job, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, _reasons(refused))
        else:
            _ring(tasks.work_on_imports)
        return HttpResponseRedirect(self.address("inspect"))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        rows = selectors.preview(self.job, today=timezone.localdate())
        return super().get_context_data(
            sections=[self._section(rows)],
            refused=sum(row.parsed.is_refused for row in rows),
            shown=len(rows),
            **more,
        )

    def _section(self, rows: Sequence[selectors.PreviewRow]) -> Section:
        headings = [
            _("Line"),
            _("Imported?"),
            _("Person"),
            _("Can be reached at"),
            _("Formula"),
            _("Consent"),
        ]
        return Section("", headings, [self._cells(row) for row in rows])

    def _cells(self, row: selectors.PreviewRow) -> list[Cell]:
        person = row.parsed.person
        problems = [f"{column.label}: {problem.label}" for column, problem in row.parsed.problems]
        line = Cell(row.row.line)
        if person is None:
            number = self.job.mapping[Column.EMAIL.value]
            typed = row.row.cells[number] if number < len(row.row.cells) else ""
            words = "\n".join([_("No."), *problems])
            return [line, Cell(words, mark="bad"), Cell(typed or "–"), *[Cell("–")] * 3]
        language = person.language
        country = country_name(person.country, language) if person.country else ""
        consent = person.consent
        return [
            line,
            Cell(
                "\n".join([_("Yes, but without:"), *problems]) if problems else _("Yes."),
                mark="wait" if problems else "good",
            ),
            _lines(
                person.email,
                f"{person.given_name} {person.family_name}".strip(),
                ", ".join(filter(None, [language, country])),
            ),
            _lines(person.phone, *(person.postal.lines(language) if person.postal else [])),
            Cell(consent.formula),
            _lines(date_format(consent.given_on, "SHORT_DATE_FORMAT"), consent.proof),
        ]


def _lines(*words: str) -> Cell:
    return Cell("\n".join(filter(None, words)) or "–")


class ImportView(_OneImport, TemplateView):
    """Where an import stands: how far it is, what came of it, what can be done now."""

    template_name = "campaigns/staff/transfers/import.html"

    def get_page_title(self) -> str:
        return self.job.title

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        job = self.job
        return super().get_context_data(
            sections=[self._figures()] if job.rows_done or job.finished_at else [],
            problems=job.problems.count() if job.refused or job.rows_done else 0,
            problems_url=self.address("problems"),
            is_ready=bool(job.mapping and job.language),
            can_be_read_again=bool(job.state == State.FAILED and job.upload_name),
            reading_form=ReadingForm(job=job),
            **more,
        )

    def _figures(self) -> Section:
        job = self.job
        names = (
            "rows_done", "subscribed", "added", "unchanged", "withdrawn", "silent", "refused"
        )  # fmt: skip
        return Section(
            _("What came of it"),
            rows=[
                [
                    Cell(str(job._meta.get_field(name).verbose_name).capitalize()),  # type: ignore[union-attr]
                    Cell(getattr(job, name)),
                ]
                for name in names
            ],
        )


class CancelView(_OneImport, View):
    """Stops an import; what it has written stays."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        services.cancel_import(job=self.job, by=request.user, now=timezone.now())
        messages.success(request, _("The import has been stopped. What was imported stays."))
        return HttpResponseRedirect(self.address("inspect"))


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


class ProblemsView(_OneImport, View):
    """What was wrong, line by line, as a file. It holds nothing that stood in the cells."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = StreamingHttpResponse(self._lines(), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = (
            f'attachment; filename="import-{self.job.pk}-problems.csv"'
        )
        return response  # type: ignore[return-value]  # Streaming answers are answers, too.

    def _lines(self) -> Iterator[str]:
        writer = csv.writer(_Echo(), delimiter=";", quoting=csv.QUOTE_ALL)
        yield "\ufeff"
        yield writer.writerow([_("Line"), _("Column"), _("What is wrong"), _("Imported?")])
        headings = dict(column_choices(self.job)) if self.job.headings else {}
        for problem in self.job.problems.iterator():
            number = self.job.mapping.get(problem.column)
            column = problem.get_column_display()
            where = f"{column} ({headings[number]})" if number in headings else column
            yield writer.writerow(
                [
                    problem.line,
                    harmless(where),
                    problem.get_problem_display(),
                    _("no") if problem.is_refusal else _("yes, without this"),
                ]
            )


class _ExportPage(_Page):
    permission = EXPORT_PERMISSION
    index_name = "exports:index"
    index_label = gettext_lazy("Exports")
    header_icon = "download"


# Whoever took over a session does not get to guess the password.
MOST_GUESSES = 5
GUESSING_WINDOW = timedelta(minutes=15)


class AskView(_ExportPage, FormView):
    """Which list, why, and the password once more."""

    template_name = "campaigns/staff/transfers/ask.html"
    page_title = gettext_lazy("Export supporters")
    form_class: type[AskForm] = ExportForm
    warning: Any = gettext_lazy(
        "A list of our supporters puts them at risk when it gets into other hands. It is deleted"
        " here after 24 hours, or as soon as anybody in our records is erased. Please delete your"
        " copy, too, when it has served."
    )

    def wish(self, form: Any) -> services.ExportWish:
        """What the form asks for."""
        return form.wish()

    @property
    def back_url(self) -> str:
        """Where one goes who exports nothing."""
        return reverse(self.index_name)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not limits.allow(
            key=f"export:{request.user.pk}",
            limit=MOST_GUESSES,
            window=GUESSING_WINDOW,
            now=timezone.now(),
        ):
            messages.error(request, _("Too many tries. Please wait a quarter of an hour."))
            return HttpResponseRedirect(reverse(self.index_name))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AskForm) -> HttpResponse:
        try:
            job = services.request_export(
                wish=self.wish(form), by=self.request.user, now=timezone.now()
            )
        except Refused as refused:
            form.add_error("reason", refused)
            return self.form_invalid(form)
        _ring(tasks.write_exports)
        return HttpResponseRedirect(reverse("exports:inspect", args=[job.pk]))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(back_url=self.back_url, warning=self.warning, **more)


class _OneExport(_ExportPage):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.job = get_object_or_404(ExportJob.objects.select_related("formula"), pk=kwargs["pk"])
        self.source = source_of(self.job)
        self.permission = self.source.permission


class ExportView(_OneExport, TemplateView):
    """Where a list stands, and the button that downloads it for whoever asked for it."""

    template_name = "campaigns/staff/transfers/export.html"

    def get_page_title(self) -> str:
        return self.job.reason

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        job = self.job
        return super().get_context_data(
            job=job,
            inspect_url=reverse("exports:inspect", args=[job.pk]),
            download_url=reverse("exports:download", args=[job.pk]),
            is_mine=job.started_by_id == self.request.user.pk,
            is_waiting=job.state == ExportJob.State.WAITING,
            is_ready=job.state == ExportJob.State.READY,
            sections=[self._facts()],
            **more,
        )

    def _facts(self) -> Section:
        job = self.job
        rows = [
            (_("State"), job.get_state_display()),
            (_("Asked for by"), job.started_by or "–"),
            (_("Asked for at"), _moment(job.created_at)),
            *self.source.facts(job),
            (_("Rows"), localize(job.row_count) if job.row_count is not None else "–"),
            (_("Last downloaded at"), _moment(job.fetched_at)),
            (_("Deleted at"), _moment(job.deleted_at)),
        ]
        return Section("", rows=[[Cell(name), Cell(str(value))] for name, value in rows])


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


class DownloadView(_OneExport, View):
    """The list itself. A press and no link: it is noted in the log."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            path = services.note_download(job=self.job, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, _reasons(refused))
            return HttpResponseRedirect(reverse("exports:inspect", args=[self.job.pk]))
        day = timezone.localdate(self.job.created_at).isoformat()
        return FileResponse(  # type: ignore[return-value]  # Streaming answers are answers, too.
            path.open("rb"),
            as_attachment=True,
            filename=f"{self.source.file_name(self.job)}-{day}.{self.job.format.lower()}",
            content_type="application/octet-stream",
        )

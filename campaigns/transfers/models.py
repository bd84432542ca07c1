"""Imports and exports of supporters: what was asked for, how far it is, what came of it.

No row holds anything about a supporter: the data is in private files (`files`) and in the
tables of `campaigns.supporters`.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.supporters.models import Formula

from .problems import Column, Problem
from .reading import Failure

PRIVATE_NAME_LENGTH = 40


class Work(models.Model):
    """Something that takes a worker longer than one task, with a lease for who does it now."""

    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    created_at = models.DateTimeField(_("asked for at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


class ImportJob(Work):
    """One file of subscribers, from its upload to the figures of what came of it."""

    class State(models.TextChoices):
        READING = "READING", _("being read")
        PREPARING = "PREPARING", _("to be prepared")
        RUNNING = "RUNNING", _("running")
        DONE = "DONE", _("done")
        CANCELLED = "CANCELLED", _("cancelled")
        FAILED = "FAILED", _("could not be read")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READING)
    # As the file is called on somebody's machine; shown to staff, and no path of ours.
    title = models.CharField(_("file"), max_length=120)
    # Names below PRIVATE_ROOT; "" once the file has been deleted.
    upload_name = models.CharField(max_length=PRIVATE_NAME_LENGTH, blank=True, editable=False)
    table_name = models.CharField(max_length=PRIVATE_NAME_LENGTH, blank=True, editable=False)
    failure = models.CharField(
        _("why it could not be read"), max_length=20, choices=Failure, blank=True
    )

    # How the file is read; "" means that it is to be found out.
    is_workbook = models.BooleanField(default=False, editable=False)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    delimiter = models.CharField(_("delimiter"), max_length=1, blank=True)
    has_header = models.BooleanField(_("the first line holds headings"), null=True)
    # The headings as they stand in the file, or none: a first line of data is nobody's to keep.
    headings = models.JSONField(default=list, editable=False)
    width = models.PositiveSmallIntegerField(_("columns"), default=0)
    row_count = models.PositiveIntegerField(_("rows"), default=0)

    # What the columns mean: numbers of columns, from 0, by `Column`.
    mapping = models.JSONField(default=dict, editable=False)
    formula = models.ForeignKey(
        Formula, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("formula")
    )
    language = models.CharField(
        _("language"), max_length=12, choices=settings.LANGUAGES, blank=True
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    wording = models.TextField(_("sentence that people agreed to"), blank=True)

    # The cursor: rows that are done, and where the next begins in the table, in bytes.
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    offset = models.PositiveBigIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    added = models.PositiveIntegerField(_("new supporters"), default=0)
    subscribed = models.PositiveIntegerField(_("subscriptions"), default=0)
    unchanged = models.PositiveIntegerField(_("rows that changed nothing"), default=0)
    withdrawn = models.PositiveIntegerField(_("stopped since the consent was given"), default=0)
    silent = models.PositiveIntegerField(_("asked not to be written to"), default=0)
    refused = models.PositiveIntegerField(_("rows not imported"), default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["claimed_until"],
                name="transfers_import_waiting",
                condition=models.Q(state__in=["READING", "RUNNING"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.state in {self.State.READING, self.State.RUNNING}


class ImportProblem(models.Model):
    """What is wrong with one cell: the line, the column and a code, never what stands there."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField(_("line"))
    column = models.CharField(_("column"), max_length=20, choices=Column)
    problem = models.CharField(_("what is wrong"), max_length=20, choices=Problem)
    is_refusal = models.BooleanField(_("the row was not imported"))

    class Meta:
        verbose_name = _("problem of an import")
        verbose_name_plural = _("problems of imports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.line}: {self.get_problem_display()}"


class ExportJob(Work):
    """A list of people that somebody asked for, with the reason; deleted after a day."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("being written")
        READY = "READY", _("ready")
        DELETED = "DELETED", _("deleted")

    class Format(models.TextChoices):
        CSV = "CSV", _("CSV (text, separated by semicolons)")
        XLSX = "XLSX", _("XLSX (Excel, LibreOffice)")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=500)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.CSV)
    # What stands in it: the `kind` of a `sources.Source`, and the number of what it is about.
    kind = models.CharField(max_length=20, default="supporters", editable=False)
    about = models.PositiveBigIntegerField(null=True, editable=False)
    formula = models.ForeignKey(
        Formula, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("formula")
    )
    language = models.CharField(
        _("language"), max_length=12, choices=settings.LANGUAGES, blank=True
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    only_active = models.BooleanField(_("only those who get mails"), default=True)
    row_count = models.PositiveIntegerField(_("rows"), null=True)
    file_name = models.CharField(max_length=PRIVATE_NAME_LENGTH, blank=True, editable=False)
    fetched_at = models.DateTimeField(_("last downloaded at"), null=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["claimed_until"],
                name="transfers_export_waiting",
                condition=models.Q(state="WAITING"),
            ),
        ]

    def __str__(self) -> str:
        return self.reason

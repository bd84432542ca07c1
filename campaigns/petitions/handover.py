"""The list that is handed over: names and countries of those who agreed to it, and how many more.

Its order is by country, and within a country by chance (the rows' random numbers): who stands
beside whom says nothing of when they signed, or of who signed together.
"""

from collections.abc import Iterator, Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.transfers.models import ExportJob
from campaigns.transfers.sources import Row, Source

from .labels import country_words
from .models import Petition, Signature

KIND = "signatures"
EXPORT_PERMISSION = "petitions.export_signatures"
CHUNK_ROWS = 1000
# Who is counted in what is handed over.
COUNTED = Q(standing=Signature.Standing.CONFIRMED)
NAMED = Q(passes_on_name=True, is_minor=False, supporter__isnull=False)


def _petition(job: ExportJob) -> Petition:
    """The petition that a list is about; raises DoesNotExist for a list about none."""
    return Petition.objects.get(pk=job.about or 0)


def _passes_on_names(petition: Petition) -> bool:
    return petition.handover == Petition.Handover.NAMES


def _headings(job: ExportJob) -> list[str]:
    if _passes_on_names(_petition(job)):
        return [_("Country"), _("First name"), _("Last name")]
    return [_("Country"), _("Signatures")]


def _chunks(job: ExportJob) -> Iterator[Sequence[Row]]:
    petition = _petition(job)
    counted = _counted_by_country(petition)
    if not _passes_on_names(petition):
        yield [[country_words(code), str(number)] for code, number in counted]
        return
    for code, _number in counted:
        country = country_words(code)
        for names in _names(petition, code):
            yield [[country, given, family] for given, family in names]


def _counted_by_country(petition: Petition) -> list[tuple[str, int]]:
    rows = petition.signatures.filter(COUNTED).values_list("country").annotate(number=Count("pk"))
    return sorted(rows, key=lambda row: country_words(row[0]).casefold())


def _names(petition: Petition, country: str) -> Iterator[list[tuple[str, str]]]:
    named = petition.signatures.filter(COUNTED, NAMED, country=country).order_by("pk")
    chunk = list(named.values_list("pk", "given_name", "family_name")[:CHUNK_ROWS])
    while chunk:
        yield [(given, family) for _key, given, family in chunk]
        after = named.filter(pk__gt=chunk[-1][0])
        chunk = list(after.values_list("pk", "given_name", "family_name")[:CHUNK_ROWS])


def _closing(job: ExportJob, count: int) -> list[Row]:
    """How the list adds up to the figure: everybody counts, not everybody is named."""
    petition = _petition(job)
    minor = Q(is_minor=True)
    erased = Q(supporter=None)
    totals = petition.signatures.filter(COUNTED).aggregate(
        counted=Count("pk"),
        minors=Count("pk", filter=minor),
        erased=Count("pk", filter=~minor & erased),
        unnamed=Count("pk", filter=~minor & ~erased & Q(passes_on_name=False)),
    )
    lines: list[Row] = [[], [_("Signatures counted in all"), str(totals["counted"])]]
    if not _passes_on_names(petition):
        return lines
    return [
        *lines,
        [_("of these named above"), str(count)],
        [_("counted without a name, as they asked"), str(totals["unnamed"])],
        [_("13 to 17 years old: counted, never named"), str(totals["minors"])],
        [_("no longer known to us: counted, not named"), str(totals["erased"])],
    ]


def _facts(job: ExportJob) -> list[tuple[object, object]]:
    petition = Petition.objects.filter(pk=job.about or 0).first()
    if petition is None:
        return [(_("Petition"), _("no longer there"))]
    return [
        (_("Petition"), petition),
        (_("Handed over"), petition.get_handover_display()),
    ]


SIGNATURES = Source(
    kind=KIND,
    title=gettext_lazy("Signatures for a handover"),
    permission=EXPORT_PERMISSION,
    headings=_headings,
    chunks=_chunks,
    closing=_closing,
    facts=_facts,
    file_name=lambda job: f"signatures-{_petition(job).reference}",
)

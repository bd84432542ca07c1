"""Asking for the list that is handed over."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.transfers.forms import AskForm
from campaigns.transfers.services import ExportWish
from campaigns.transfers.views import AskView

from ..handover import EXPORT_PERMISSION, KIND
from ..models import Petition


class HandoverView(AskView):
    """Why, in which file, and the password once more; which petition stands in the address."""

    permission = EXPORT_PERMISSION
    page_title = _("Export for the handover")
    form_class = AskForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.petition = get_object_or_404(Petition, pk=kwargs["pk"])

    @property
    def warning(self) -> Any:
        """What the list will hold."""
        if self.petition.handover == Petition.Handover.NUMBER:
            return _(
                "Of this petition the number alone is handed over: the list gives the confirmed"
                " signatures by country, and names nobody."
            )
        return _(
            "Names and countries of those who confirmed and did not ask to be left out; nobody"
            " under 18, no address. Whoever holds the list knows who signed: hand it over to"
            " those whom the petition names, and to nobody else. It is deleted here after 24"
            " hours. Please delete your copy, too, when it has served."
        )

    @property
    def back_url(self) -> str:
        """The petition's page."""
        return reverse("staff_petitions:inspect", args=[self.petition.pk])

    def wish(self, form: AskForm) -> ExportWish:
        """This petition's list."""
        return form.wish(kind=KIND, about=self.petition.pk)

"""How an editor picks a petition."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet


class PetitionChooserViewSet(ChooserViewSet):
    model = "petitions.Petition"
    icon = "edit"
    choose_one_text = _("Choose a petition")
    choose_another_text = _("Choose another petition")


petition_chooser_viewset = PetitionChooserViewSet("petition_chooser")
PetitionChooserBlock = petition_chooser_viewset.get_block_class(
    name="PetitionChooserBlock", module_path="campaigns.petitions.choosers"
)

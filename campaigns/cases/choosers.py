"""How an editor picks a case."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet


class CaseChooserViewSet(ChooserViewSet):
    model = "cases.Case"
    icon = "user"
    choose_one_text = _("Choose a case")
    choose_another_text = _("Choose another case")


case_chooser_viewset = CaseChooserViewSet("case_chooser")
CaseChooserBlock = case_chooser_viewset.get_block_class(
    name="CaseChooserBlock", module_path="campaigns.cases.choosers"
)

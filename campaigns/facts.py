"""Facts in the admin: some are chosen once, and none goes while something stands on it."""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import ProtectedError, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy


class FactDeleteView(generic.DeleteView):
    """Refuses in words to delete what signatures, consents or other facts stand on."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ProtectedError as error:
            kinds = {str(row._meta.verbose_name_plural) for row in error.protected_objects}
            messages.error(
                self.request,
                _("This cannot be deleted: %(kinds)s stand on it.")
                % {"kinds": ", ".join(sorted(kinds))},
            )
            return HttpResponseRedirect(self.get_success_url())


def day_column(name: str, label: Any) -> Column:
    """A column of a date as it is written. Wagtail's own tells how long ago, also of deadlines."""

    def written(row: Any) -> str:
        day = getattr(row, name)
        return date_format(day, "SHORT_DATE_FORMAT") if day else "–"

    return Column(name, label=label, accessor=written, sort_key=name)


class RowsIndexView(generic.IndexView):
    """A list over `rows()`, asked anew for each request."""

    rows: Callable[[], QuerySet[Any]] | None = None

    def get_base_queryset(self) -> QuerySet[Any]:
        return self.rows() if self.rows else super().get_base_queryset()


class FactEditView(generic.EditView):
    """Refuses in words to edit what is no longer to be changed."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.object = self.get_object()
        if not getattr(self.object, "is_editable", True):
            messages.error(request, _("This cannot be changed any more, only looked at."))
            return HttpResponseRedirect(self.get_inspect_url() or self.get_success_url())
        return super().dispatch(request, *args, **kwargs)


class NoAddPolicy(ModelPermissionPolicy):
    """Rows that services make; what may be corrected in them can be edited."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in {"add", "delete"} and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Collection[str]) -> bool:
        return super().user_has_any_permission(user, set(actions) - {"add", "delete"})


class FactViewSet(ModelViewSet):
    """A viewset over facts. `stable_fields` can be set on a new row and only be read afterwards."""

    stable_fields: tuple[str, ...] = ()
    index_view_class = RowsIndexView
    delete_view_class = FactDeleteView
    edit_view_class = FactEditView
    copy_view_enabled = False

    def rows(self) -> QuerySet[Any]:
        """The rows of the list, with all that its columns show."""
        return self.model._default_manager.all()

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(rows=self.rows, **kwargs)

    def get_form_class(self, for_update: bool = False) -> Any:
        form_class = super().get_form_class(for_update=for_update)
        if not for_update:
            return form_class
        stable_fields = self.stable_fields

        class UpdateForm(form_class):  # type: ignore[valid-type, misc]  # Made at run time.
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options)
                for name in stable_fields:
                    self.fields[name].disabled = True

        return UpdateForm

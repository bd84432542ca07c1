"""Workspaces in the admin: all that is known of one fact, and what can be done with it now.

What can be done are transitions: each is a service with a form, offered where it may begin. A
refusal is shown in words above what was typed, and nothing has happened.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from .facts import FactViewSet, RowsIndexView
from .transitions import Refused


@dataclass(frozen=True)
class Cell:
    """One cell of a table; `state` says in a word what it means, colour only repeats it."""

    words: object
    url: str = ""
    # "good", "bad", "wait" or "".
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a workspace or report: a heading and a table, or words where it is empty."""

    title: object
    headings: Sequence[object] = ()
    rows: Sequence[Sequence[Cell]] = ()
    empty: object = ""
    # Sentences above the table, such as what blocks publication.
    notes: Sequence[object] = field(default_factory=tuple)


class TransitionForm(forms.Form):
    """What a transition asks for. `instance` is what it is about, `user` who does it."""

    def __init__(self, *args: Any, instance: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance = instance
        self.user = user

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for the service; only after `is_valid()`."""
        return dict(self.cleaned_data)


@dataclass(frozen=True)
class Transition:
    """A button of a workspace: its service is called with the fact, the form's values, by, now."""

    name: str
    label: str | Promise
    explanation: str | Promise
    service: Callable[..., Any]
    # The service's name for the fact: "case", "issue".
    argument: str
    is_offered: Callable[[Any], bool]
    form_class: type[TransitionForm] = TransitionForm
    # Beyond the model's "change" permission, or in its place.
    permission: str = ""
    is_grave: bool = False
    # Where it leads, by what the service returned; None: back to the workspace.
    leads_to: Callable[[Any], str] | None = None


class TransitionView(WagtailAdminTemplateMixin, FormView):
    """The form of one transition, or one button where it asks for nothing."""

    template_name = "campaigns/staff/transition.html"
    viewset: "WorkspaceViewSet" = None  # type: ignore[assignment]  # Given by the viewset.

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.viewset.model, pk=unquote(str(kwargs["pk"])))
        found = [each for each in self.viewset.transitions if each.name == kwargs["name"]]
        if not found:
            raise Http404("No such transition.")
        self.transition = found[0]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.viewset.may(request.user, self.transition):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[TransitionForm]:
        return self.transition.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "instance": self.object,
            "user": self.request.user,
        }

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = self.transition.service(
                **{self.transition.argument: self.object},
                **form.arguments(),
                by=self.request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, refused)
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("Done: %(what)s (%(name)s).") % {"name": self.object, "what": self.transition.label},
        )
        leads_to = self.transition.leads_to
        return HttpResponseRedirect(leads_to(done) if leads_to else self.workspace_url)

    @property
    def workspace_url(self) -> str:
        return self.viewset.workspace_url(self.object)

    def get_page_title(self) -> str:
        return str(self.transition.label)

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.workspace_url, "label": str(self.object)},
            {"url": "", "label": str(self.transition.label)},
        ]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            transition=self.transition, workspace_url=self.workspace_url, **more
        )


class WorkspaceView(generic.InspectView):
    """Everything about one fact. Subclasses say which sections it has."""

    template_name = "campaigns/staff/workspace.html"
    page_title = ""
    viewset: "WorkspaceViewSet" = None  # type: ignore[assignment]  # Given by the viewset.

    def sections(self) -> list[Section]:
        raise NotImplementedError

    def get_fields(self) -> list[str]:
        return []

    def get_page_title(self) -> str:
        return str(self.object)

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *self.breadcrumbs_items,
            {
                "url": reverse(self.index_url_name),
                "label": capfirst(str(self.model._meta.verbose_name_plural)),
            },
            {"url": "", "label": str(self.object)},
        ]

    def get_edit_url(self) -> Any:
        """None for what can only be looked at any more."""
        return super().get_edit_url() if getattr(self.object, "is_editable", True) else None

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.get_edit_url():
            return []
        return [HeaderButton(_("Edit"), url=self.get_edit_url(), icon_name="edit", priority=10)]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        offered = [
            (transition, self.viewset.transition_url(self.object, transition))
            for transition in self.viewset.transitions
            if transition.is_offered(self.object)
            and self.viewset.may(self.request.user, transition)
        ]
        return super().get_context_data(
            sections=self.sections(),
            offered=offered,
            history_url=reverse(self.viewset.get_url_name("history"), args=[quote(self.pk)]),
            **more,
        )


class WorkspaceIndexView(RowsIndexView):
    """A list whose titles lead to workspaces."""

    def get_edit_url(self, instance: Any) -> str:
        return self.get_inspect_url(instance)

    def get_list_buttons(self, instance: Any) -> list[Any]:
        return []


class WorkspaceViewSet(FactViewSet):
    """Facts with a workspace, where services are what changes them."""

    transitions: tuple[Transition, ...] = ()
    inspect_view_enabled = True
    inspect_view_class = WorkspaceView
    index_view_class = WorkspaceIndexView
    transition_view_class = TransitionView

    def workspace_url(self, instance: Any) -> str:
        return reverse(self.get_url_name("inspect"), args=[quote(instance.pk)])

    def transition_url(self, instance: Any, transition: Transition) -> str:
        return reverse(self.get_url_name("transition"), args=[quote(instance.pk), transition.name])

    def may(self, user: Any, transition: Transition) -> bool:
        """Whether this member of staff may do it."""
        if transition.permission:
            return bool(user.has_perm(transition.permission))
        return bool(self.permission_policy.user_has_permission(user, "change"))

    def get_inspect_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_inspect_view_kwargs(viewset=self, **kwargs)

    def get_urlpatterns(self) -> list[URLPattern]:
        view = self.transition_view_class.as_view(viewset=self)
        return [
            *super().get_urlpatterns(),
            path("<str:pk>/do/<slug:name>/", view, name="transition"),
        ]

"""What children read who want to act: of whom nothing is stored."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from campaigns.web import personal

from ..fields import Age


def is_too_young(form: forms.Form) -> bool:
    """Whether a form, valid or not, comes from a child; only after `is_valid()`.

    Ask before anything else: nobody corrects an address for us to learn that they are eleven.
    """
    return form.cleaned_data.get("age") is Age.UNDER_13


@personal
def too_young(
    request: HttpRequest, *, template: str = "campaigns/supporters/too_young.html", **context: Any
) -> HttpResponse:
    """A kind page: nothing of what was typed is kept, and what can be done instead."""
    return render(request, template, context)

"""Browsers that know somebody, as one does on which a signature has been confirmed."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from campaigns.supporters.models import Supporter
from campaigns.supporters.recognition import remember_device
from tests.steps import FROM_HERE, address


def device_of(supporter: Supporter, *, now: Any = None) -> Client:
    """A browser that knows the supporter."""
    client = Client()
    response = HttpResponse()
    remember_device(response, supporter.pk, now=now or timezone.now())
    client.cookies.load({name: morsel.value for name, morsel in response.cookies.items()})
    return client


def press(client: Client, petition: Any, *, language: str = "fr", **typed: Any) -> Any:
    """Press the one button."""
    path = address("petitions:press", petition.reference, language=language)
    return client.post(path, typed, headers=FROM_HERE)

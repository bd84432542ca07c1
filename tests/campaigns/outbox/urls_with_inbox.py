"""The site's addresses as they are when mail stays on the machine."""

from django.urls import include, path

from config.urls import handler500
from config.urls import urlpatterns as site_urlpatterns

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [path("outbox/", include("campaigns.outbox.urls")), *site_urlpatterns]

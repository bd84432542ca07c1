from django.urls import path

from campaigns.supporters.mailed_links import MailedLinkDoor, mailed_link_urls

from . import views

app_name = "petitions"
urlpatterns = [
    path("petitions/<slug:reference>/sign/", views.sign, name="sign"),
    path("petitions/<slug:reference>/thanks/", views.thanks, name="thanks"),
    path("petitions/<slug:reference>/confirmed/", views.confirmed, name="confirmed"),
    *mailed_link_urls(
        "confirm-signature",
        "confirm_signature",
        door=MailedLinkDoor,
        page=views.ConfirmSignaturePage,
        app=app_name,
    ),
]

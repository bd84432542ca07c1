"""The addresses of the letter marathon, below those of petitions."""

from django.urls import path

from campaigns.supporters.mailed_links import MailedLinkDoor, mailed_link_urls

from .views import marathon, marathon_links, marathon_steps

urlpatterns = [
    path("marathon/<int:year>/sign/", marathon.sign, name="marathon_sign"),
    path("marathon/<int:year>/press/", marathon.press, name="marathon_press"),
    path("marathon/<int:year>/thanks/", marathon.thanks, name="marathon_thanks"),
    path("marathon/<int:year>/confirmed/", marathon.confirmed, name="marathon_confirmed"),
    path("marathon/<int:year>/end/", marathon_steps.end, name="marathon_end"),
    path("marathon/<int:year>/<int:number>/", marathon_steps.step, name="marathon_step"),
    *mailed_link_urls(
        "confirm-marathon",
        "confirm_marathon",
        door=MailedLinkDoor,
        page=marathon_links.ConfirmMarathonPage,
        app="petitions",
    ),
    *mailed_link_urls(
        "sign-marathon",
        "sign_marathon_by_link",
        door=MailedLinkDoor,
        page=marathon_links.SignMarathonByLinkPage,
        app="petitions",
    ),
]

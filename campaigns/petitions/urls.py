from django.urls import path

from campaigns.supporters.mailed_links import MailedLinkDoor, mailed_link_urls

from . import marathon_urls
from .views import confirming, counts, messages, pressing, receipts, sharing, signing, thanking

app_name = "petitions"
urlpatterns = [
    path("petitions/<slug:reference>/sign/", signing.sign, name="sign"),
    path("petitions/<slug:reference>/press/", pressing.press, name="press"),
    path("petitions/<slug:reference>/thanks/", thanking.thanks, name="thanks"),
    path("petitions/<slug:reference>/confirmed/", thanking.confirmed, name="confirmed"),
    path("petitions/<slug:reference>/share/", sharing.share, name="share"),
    path(
        "petitions/<slug:reference>/share/mastodon/",
        sharing.share_on_mastodon,
        name="share_on_mastodon",
    ),
    path("petitions/<slug:reference>/share/code.svg", sharing.share_picture, name="share_picture"),
    path("petitions/<slug:reference>/count/", counts.count_fragment, name="count_fragment"),
    path("marathon/<int:year>/messages/<slug:reference>/", messages.message, name="message"),
    path(
        "marathon/<int:year>/messages/<slug:reference>/press/",
        messages.press,
        name="message_press",
    ),
    path(
        "marathon/<int:year>/messages/<slug:reference>/thanks/",
        messages.thanks,
        name="message_thanks",
    ),
    path(
        "marathon/<int:year>/messages/<slug:reference>/written/",
        messages.written,
        name="message_written",
    ),
    *mailed_link_urls(
        "confirm-signature",
        "confirm_signature",
        door=MailedLinkDoor,
        page=confirming.ConfirmSignaturePage,
        app=app_name,
    ),
    *mailed_link_urls(
        "sign-one",
        "sign_one",
        door=MailedLinkDoor,
        page=pressing.SignOnePage,
        app=app_name,
    ),
    *mailed_link_urls(
        "receipt",
        "receipt",
        door=MailedLinkDoor,
        page=receipts.ReceiptPage,
        app=app_name,
    ),
    *marathon_urls.urlpatterns,
]

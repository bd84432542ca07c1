from django.urls import path

from .mailed_links import MailedLinkDoor, mailed_link_urls
from .views import sign_up, stopping

app_name = "supporters"
urlpatterns = [
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-up/done/", sign_up.sign_up_done, name="sign_up_done"),
    path("sign-up/confirmed/", sign_up.subscription_confirmed, name="subscription_confirmed"),
    path("unsubscribed/", stopping.unsubscribed, name="unsubscribed"),
    *mailed_link_urls(
        "confirm-mails",
        "confirm_subscription",
        door=MailedLinkDoor,
        page=sign_up.ConfirmSubscriptionPage,
        app=app_name,
    ),
    *mailed_link_urls(
        "stop-mails",
        "unsubscribe",
        door=stopping.UnsubscribeDoor,
        page=stopping.UnsubscribePage,
        app=app_name,
    ),
]

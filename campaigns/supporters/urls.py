from django.urls import path

from . import views
from .mailed_links import MailedLinkDoor, mailed_link_urls

app_name = "supporters"
urlpatterns = [
    path("sign-up/", views.sign_up, name="sign_up"),
    path("sign-up/done/", views.sign_up_done, name="sign_up_done"),
    path("sign-up/confirmed/", views.subscription_confirmed, name="subscription_confirmed"),
    path("unsubscribed/", views.unsubscribed, name="unsubscribed"),
    *mailed_link_urls(
        "confirm-mails",
        "confirm_subscription",
        door=MailedLinkDoor,
        page=views.ConfirmSubscriptionPage,
        app=app_name,
    ),
    *mailed_link_urls(
        "stop-mails",
        "unsubscribe",
        door=views.UnsubscribeDoor,
        page=views.UnsubscribePage,
        app=app_name,
    ),
]

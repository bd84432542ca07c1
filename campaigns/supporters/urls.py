from django.urls import path

from .mailed_links import MailedLinkDoor, mailed_link_urls
from .views import devices, own_page, self_service, sign_up, stopping

app_name = "supporters"
urlpatterns = [
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-up/done/", sign_up.sign_up_done, name="sign_up_done"),
    path("sign-up/confirmed/", sign_up.subscription_confirmed, name="subscription_confirmed"),
    path("my-data/", self_service.access, name="access"),
    path("my-data/sent/", self_service.access_sent, name="access_sent"),
    path("my-data/closed/", self_service.page_closed, name="page_closed"),
    path("my-data/forgotten/", self_service.forgotten, name="forgotten"),
    path("my-data/address/", self_service.address_confirmed, name="address_confirmed"),
    path("my-data/me/", own_page.MyPage.as_view(), name="my_page"),
    path("my-data/me/close/", own_page.ClosePage.as_view(), name="close_page"),
    path("my-data/me/read/", own_page.ReadAll.as_view(), name="read_all"),
    path("my-data/me/download/", own_page.Download.as_view(), name="download"),
    path("my-data/me/erase/", own_page.Erase.as_view(), name="erase"),
    path("my-data/me/<slug:code>/", own_page.ChangeView.as_view(), name="change"),
    path("stop-mails/all/", self_service.stop_all_request, name="stop_all_request"),
    path("stop-mails/all/sent/", self_service.stop_all_request_sent, name="stop_all_request_sent"),
    path("devices/forget/", devices.forget, name="forget_device"),
    path("devices/forgotten/", devices.forgotten, name="device_forgotten"),
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
    *mailed_link_urls(
        "open-my-data",
        "open_page",
        door=MailedLinkDoor,
        page=self_service.OpenPagePage,
        app=app_name,
    ),
    *mailed_link_urls(
        "confirm-address",
        "confirm_address",
        door=MailedLinkDoor,
        page=self_service.ConfirmAddressPage,
        app=app_name,
    ),
    *mailed_link_urls(
        "stop-all-mails",
        "stop_all",
        door=MailedLinkDoor,
        page=stopping.StopAllPage,
        app=app_name,
    ),
    *mailed_link_urls(
        "fewer-mails",
        "fewer_mails",
        door=MailedLinkDoor,
        page=stopping.FewerMailsPage,
        app=app_name,
    ),
    *mailed_link_urls(
        "pause-mails",
        "pause_mails",
        door=MailedLinkDoor,
        page=stopping.PausePage,
        app=app_name,
    ),
    *mailed_link_urls(
        "ask-for-my-data",
        "ask_access",
        door=MailedLinkDoor,
        page=stopping.AskAccessPage,
        app=app_name,
    ),
]

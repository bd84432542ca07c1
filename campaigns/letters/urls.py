from django.urls import path

from campaigns.supporters.mailed_links import MailedLinkDoor, mailed_link_urls

from .views import declaring, papers, replying, telling, writing

app_name = "letters"
urlpatterns = [
    path("letters/<slug:code>/", writing.write, name="write"),
    path("letters/<slug:code>/letter.pdf", papers.letter_pdf, name="letter_pdf"),
    path("letters/<slug:code>/letter.docx", papers.letter_document, name="letter_document"),
    path("letters/<slug:code>/sent/", declaring.sent, name="sent"),
    path("letters/<slug:code>/thanks/<uuid:act>/", declaring.thanks, name="thanks"),
    path("letters/<slug:code>/undo/<uuid:act>/", declaring.undo, name="undo"),
    path("letters/<slug:code>/opened/", declaring.opened, name="opened"),
    path("letters/<slug:code>/count/", declaring.count_fragment, name="count_fragment"),
    path("letters/<slug:code>/reply/", replying.reply, name="reply"),
    path("letters/<slug:code>/reply/thanks/", replying.reply_thanks, name="reply_thanks"),
    *mailed_link_urls(
        "tell-us",
        "tell_us",
        door=MailedLinkDoor,
        page=telling.TellUsPage,
        app=app_name,
    ),
]

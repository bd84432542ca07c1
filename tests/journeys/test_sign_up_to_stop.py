"""From a form on a page to mails that come, and to mails that stop."""

from campaigns.supporters.models import Formula, Subscription
from home.models import StandardPage
from tests.pages import ServedPage
from tests.steps import FROM_HERE, deliver_mail, link_in, open_link, press_button


def test_a_reader_chooses_german_mails_on_a_french_page_and_stops_one_of_two(
    client, demo, mailoutbox
):
    page = next(
        page
        for page in StandardPage.objects.live().filter(locale__language_code="fr")
        if any(block.block_type == "sign_up" for block in page.body)
    )
    served = ServedPage(client.get(page.url).text)
    [form] = served.all("form", data_form="sign-up")
    assert served.ticked() == []
    offered = list(Formula.objects.offered())[:2]
    typed = {
        "formulas": [formula.pk for formula in offered],
        "email": "greta@example.org",
        "given_name": "",
        "language": "de",
        "page": page.pk,
    }
    answer = client.post(form.attributes["action"], typed, headers=FROM_HERE)
    assert (answer.status_code, answer.url) == (303, "/fr/sign-up/done/")
    assert client.get(answer.url).status_code == 200

    [mail] = deliver_mail(mailoutbox)
    page_of_link = open_link(client, link_in(mail))
    assert 'lang="de"' in page_of_link.text
    assert press_button(client, page_of_link).url == "/de/sign-up/confirmed/"
    welcomes = deliver_mail(mailoutbox)
    assert [mail.to for mail in welcomes] == [["greta@example.org"]] * 2

    # One is stopped by the mail program, without a browser.
    header = welcomes[0].extra_headers["List-Unsubscribe"]
    from django.conf import settings

    path = header.strip("<>").removeprefix(settings.BASE_URL)
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    states = Subscription.objects.filter(supporter__email="greta@example.org")
    assert sorted(states.values_list("state", flat=True)) == ["ACTIVE", "ENDED"]
    assert deliver_mail(mailoutbox) == []

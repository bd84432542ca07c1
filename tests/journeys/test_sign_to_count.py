"""The main job, end to end, over HTTP alone: from a French page to the figure on the Dutch one."""

import re
from datetime import timedelta

import time_machine
from django.utils import timezone

from campaigns.petitions.services import tally_signatures
from home.models import CasePage
from tests.pages import ServedPage
from tests.steps import FROM_HERE, deliver_mail, link_in, open_link, press_button


def figure(page: ServedPage, reference: str) -> int:
    [shown] = {re.sub(r"\D", "", found.words) for found in page.all("strong", data_count=reference)}
    return int(shown)


def look(client, path: str) -> ServedPage:
    response = client.get(path)
    assert response.status_code == 200
    return ServedPage(response.text)


def test_a_reader_signs_in_french_and_the_dutch_page_shows_one_more(client, demo, mailoutbox):
    french = CasePage.objects.get(locale__language_code="fr", case__reference="ana-drovik")
    dutch = french.get_translations().get(locale__language_code="nl").specific
    reference = french.petition.reference
    before = figure(look(client, dutch.url), reference)

    # The form as it stands on the page, filled in and sent where it says.
    page = look(client, french.url)
    [form] = page.all("form", data_form="sign")
    typed = {
        **page.typed(),
        "given_name": "Zoë",
        "family_name": "'t Hooft",
        "email": "zoe@example.org",
    }
    typed = {
        name: typed[name] for name in ("given_name", "family_name", "email", "country", "page")
    }
    answer = client.post(form.attributes["action"], typed, headers=FROM_HERE)
    assert answer.status_code == 303
    thanks = look(client, answer.url)
    assert thanks.all("html", lang="fr")

    tally_signatures(now=timezone.now())
    assert figure(look(client, dutch.url), reference) == before

    [mail] = deliver_mail(mailoutbox)
    assert mail.to == ["zoe@example.org"]
    confirmed = press_button(client, open_link(client, link_in(mail)))
    assert confirmed.status_code == 303
    look(client, confirmed.url)

    tally_signatures(now=timezone.now())
    assert figure(look(client, dutch.url), reference) == before + 1
    assert client.get(f"/petitions/{reference}/count/").json()["count"] == before + 1

    # A second time: the same screens, another mail, no other count.
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        again = client.post(form.attributes["action"], typed, headers=FROM_HERE)
        assert (again.status_code, again.url) == (answer.status_code, answer.url)
        [second] = deliver_mail(mailoutbox)
    assert "confirm-signature" not in second.body
    tally_signatures(now=timezone.now())
    assert figure(look(client, dutch.url), reference) == before + 1

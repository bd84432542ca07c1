"""A link to the own page, pressed by many at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection
from django.test import Client

from tests.factories.people import make_supporter
from tests.steps import FROM_HERE, address, deliver_mail, link_in, open_link, press_button


def test_fifty_presses_at_once_open_one_page(own_database, mailoutbox):
    make_supporter(email="canary@example.org")
    client = Client()
    client.post(address("supporters:access"), {"email": "canary@example.org"}, headers=FROM_HERE)
    [mail] = deliver_mail(mailoutbox)
    browsers = [Client() for _number in range(50)]
    pages = [open_link(browser, link_in(mail)) for browser in browsers]
    start = Barrier(len(browsers), timeout=60)

    def press(browser, page):
        start.wait()
        try:
            return press_button(browser, page).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(browsers)) as threads:
        answers = sorted(threads.map(press, browsers, pages))
    assert answers == [303] + [410] * 49
    assert [browser.get(address("supporters:my_page")).status_code for browser in browsers].count(
        200
    ) == 1

"""What a fresh database gets before anybody can work, and that it never takes anything away."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import Locale, Page, Site

from home import setup
from home.models import HomePage
from tests.rows import changed, every_row
from tests.steps import LANGUAGES

pytestmark = pytest.mark.django_db


def test_there_is_a_locale_and_a_live_home_page_per_language(client, home_pages):
    codes = set(Locale.objects.values_list("language_code", flat=True))
    assert codes == set(LANGUAGES) == set(home_pages)
    assert len({page.translation_key for page in home_pages.values()}) == 1
    for code in LANGUAGES:
        assert client.get(f"/{code}/").status_code == 200


def test_wagtails_welcome_page_is_gone(site):
    assert not Page.objects.filter(slug="home", depth=2).exists()
    assert site.root_page.specific.locale.language_code == "fr"


def test_setting_up_twice_changes_nothing(site):
    before = every_row()
    setup.set_up_site()
    call_command("set_up")
    assert changed(before, every_row()) == set()


def test_setting_up_again_keeps_what_staff_have_changed(site):
    home = HomePage.objects.get(locale__language_code="nl")
    home.title = "Onze titel"
    home.save_revision().publish()
    group = Group.objects.get(name=setup.CAMPAIGNERS)
    from django.contrib.auth.models import Permission

    more = Permission.objects.get(codename="add_page", content_type__app_label="wagtailcore")
    group.permissions.add(more)
    setup.set_up_site()
    assert HomePage.objects.get(locale__language_code="nl").title == "Onze titel"
    assert more in group.permissions.all()


def test_what_is_missing_is_made_again(site):
    HomePage.objects.get(locale__language_code="de").delete()
    Group.objects.get(name=setup.TRANSLATORS).delete()
    setup.set_up_site()
    assert HomePage.objects.filter(locale__language_code="de").count() == 1
    assert Group.objects.filter(name=setup.TRANSLATORS).count() == 1
    assert Site.objects.filter(is_default_site=True).count() == 1


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://localhost:8000", ("localhost", 8000)),
        ("https://obstinate.example.org", ("obstinate.example.org", 443)),
        ("http://obstinate.example.org", ("obstinate.example.org", 80)),
    ],
)
def test_the_site_record_follows_the_base_url(settings, base_url, expected):
    settings.BASE_URL = base_url
    setup.set_up_site()
    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == expected


def test_roles_hold_no_more_than_they_should(site):
    """People are seen by the supporter service alone; nobody but superusers manages staff."""
    people = {
        "supporter",
        "consent",
        "consentwording",
        "subscription",
        "signature",
        "outgoingmessage",
    }
    for group in Group.objects.all():
        codenames = set(group.permissions.values_list("codename", flat=True))
        for codename in codenames:
            action, _underscore, model = codename.partition("_")
            if model in people:
                assert group.name == setup.SUPPORTER_SERVICE, codename
                # Changing is what the buttons of a supporter's page ask for; no form edits rows.
                assert action == "view" or codename == "change_supporter", codename
            assert model not in {"user", "group", "site", "locale"}, (group.name, codename)

"""Who publishes this site: in the footer of every page, edited by moderators."""

import pytest
from django.urls import reverse

from home import setup
from home.models import OrganisationSettings
from tests.factories.pages import make_standard_page
from tests.factories.people import make_staff
from tests.pages import ServedPage

pytestmark = pytest.mark.django_db
EDIT = ["home", "organisationsettings"]


@pytest.fixture
def organisation(site):
    settings = OrganisationSettings.load()
    settings.publisher, settings.number = "Ténacité <asbl>", "BE 0123.456.789"
    settings.email, settings.address = "hello@example.org", "Rue 1, Bruxelles"
    settings.save()
    return settings


def test_the_footer_names_the_organisation(client, organisation):
    footer = ServedPage(client.get("/fr/").text).all("footer")[-1]
    for words in ("Ténacité <asbl>", "BE 0123.456.789", "hello@example.org", "Rue 1, Bruxelles"):
        assert words in footer.words


def test_the_footer_links_to_the_privacy_charter_in_the_readers_language_where_it_exists(
    client, organisation
):
    from wagtail.models import Locale

    page = make_standard_page(title="Vie privée")
    dutch = page.copy_for_translation(Locale.objects.get(language_code="nl"))
    dutch.title = "Privacy"
    dutch.save_revision().publish()
    organisation.privacy_page = page
    organisation.save()

    def links(language: str) -> set[str]:
        served = ServedPage(client.get(f"/{language}/").text)
        return {
            link.attributes["href"]
            for link in served.all("a")
            if any(parent.tag == "footer" for parent in link.parents)
        }

    assert page.url in links("fr")
    assert dutch.url in links("nl")
    assert not {page.url, dutch.url} & links("de")


@pytest.mark.parametrize(
    ("role", "may"),
    [(setup.MODERATORS, True), (setup.EDITORS, False), (setup.SUPPORTER_SERVICE, False)],
)
def test_the_settings_are_edited_by_moderators(client, organisation, role, may):
    client.force_login(make_staff(role))
    path = reverse("wagtailsettings:edit", args=[*EDIT, organisation.pk])
    assert (client.get(path).status_code == 200) is may

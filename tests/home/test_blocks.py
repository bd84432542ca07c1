"""Every block: previewed, rendered, translated."""

import json
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import (
    OverridableSegment,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.operations import TranslationCreator

from campaigns.petitions.models import Petition
from home.blocks.bodies import DownloadsBody, InstructionsBody, MarathonBody, PageBody
from home.checks import BODIES, every_block
from home.media.models import CustomDocument
from tests.factories.facts import make_formula, make_petition, make_urgent_action
from tests.factories.pages import (
    make_case_page,
    make_image,
    make_marathon_page,
    make_newsletter_page,
    make_standard_page,
    make_urgent_action_page,
)
from tests.factories.solidarity import make_marathon
from tests.pages import ServedPage

from .block_values import BlockFiller

pytestmark = pytest.mark.django_db
# The types of page that hold every block between them: their facts, and their bodies by field.
FULL_PAGES = {
    "urgent action": (
        lambda **fields: make_urgent_action_page(urgent_action=make_urgent_action(), **fields),
        "urgent_action",
        {"body": PageBody, "instructions": InstructionsBody},
    ),
    "case": (make_case_page, "case", {"body": PageBody, "downloads": DownloadsBody}),
    "marathon": (
        lambda **fields: make_marathon_page(
            edition=make_marathon(*Petition.objects.all()), **fields
        ),
        "edition",
        {"body": PageBody, "cases": MarathonBody},
    ),
    "newsletter": (make_newsletter_page, "issued_on", {"body": PageBody}),
}


@pytest.fixture
def filler(site):
    make_formula()
    return BlockFiller(
        image=make_image(),
        document=CustomDocument.objects.create(
            title="Pétition", file=ContentFile(b"%PDF-1.4", name="petition.pdf")
        ),
        page=make_case_page(),
        petition=make_petition(),
    )


@pytest.fixture(params=FULL_PAGES)
def page(filler, request):
    """A page that holds every block that an editor can pick for it."""
    make, _fact, bodies = FULL_PAGES[request.param]
    return make(
        title="Tout",
        **{field: json.dumps(filler.stream(body)) for field, body in bodies.items()},
    )


def test_every_block_is_on_one_of_the_pages_that_are_looked_at():
    held = {body for _make, _fact, bodies in FULL_PAGES.values() for body in bodies.values()}
    assert held == set(BODIES)


@pytest.mark.parametrize("name", [name for name, _block in every_block()])
def test_an_editor_sees_a_block_before_choosing_it(admin_client, site, name):
    make_formula()
    block = dict(every_block())[name]
    url = reverse("wagtailadmin_block_preview")
    response = admin_client.get(f"{url}?{urlencode({'id': block.definition_prefix})}")
    assert response.status_code == 200
    main = ServedPage(response.text).all("main")[0]
    assert main.words.strip()


def test_a_page_with_every_block_renders_all_its_words(client, page, filler):
    served = client.get(page.url)
    assert served.status_code == 200
    hidden = {word for word in filler.words if word not in served.text}
    # The alternative text stands in an attribute, so it is in the source all the same.
    assert hidden == set()
    assert ServedPage(served.text).all("form", data_form="sign")
    assert ServedPage(served.text).all("form", data_form="sign-up")


def test_blocks_escape_what_editors_type(client, site):
    payload = '"><script>alert(1)</script>'
    body = [
        {"type": "heading", "value": payload},
        {"type": "testimony", "value": {"quote": payload, "name": payload}},
        {"type": "sign_up", "value": {"heading": payload, "button": payload}},
    ]
    served = ServedPage(client.get(make_standard_page(body=json.dumps(body)).url).text)
    assert not [script for script in served.all("script") if "src" not in script.attributes]
    assert not [e for e in served.elements if any(name.startswith("on") for name in e.attributes)]


def test_headings_are_listed_and_linked_in_the_table_of_contents(client, site):
    titles = ["Ce qui s’est passé", "Et après ?", "Que faire"]
    body = [{"type": "heading", "value": title} for title in titles]
    served = ServedPage(client.get(make_standard_page(body=json.dumps(body)).url).text)
    ids = {element.attributes.get("id") for element in served.elements}
    for anchor in ("ce-qui-sest-passe", "et-apres", "que-faire"):
        assert anchor in ids
        assert [link for link in served.all("a") if link.attributes.get("href") == f"#{anchor}"]


def test_a_page_with_every_block_can_be_translated_in_full(
    client, page, filler, django_capture_on_commit_callbacks
):
    """wagtail-localize loses what is nested too deep: every word must become a segment."""
    dutch = Locale.objects.get(language_code="nl")
    source, _created = TranslationSource.get_or_create_from_instance(page)
    strings = set(
        StringSegment.objects.filter(source=source).values_list("string__data", flat=True)
    )
    assert {word for word in filler.words if not any(word in text for text in strings)} == set()

    for segment in StringSegment.objects.filter(source=source).select_related("string"):
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=dutch,
            context=segment.context,
            data=segment.string.data.replace("mot", "woord"),
        )
    parent = page.get_parent()
    if not parent.has_translation(dutch):  # Home pages have theirs from the beginning.
        parent.specific.copy_for_translation(dutch, copy_parents=True).save_revision().publish()
    translation = Translation.objects.create(source=source, target_locale=dutch)
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)

    target = type(page).objects.get(translation_key=page.translation_key, locale=dutch)
    assert target.live
    served = client.get(target.url)
    assert served.status_code == 200
    missing = {word for word in filler.words if word.replace("mot", "woord") not in served.text}
    assert missing == set()
    left = {word for word in filler.words if word in served.text}
    assert left == set()
    # Facts came along; words did not change the original.
    facts = {fact for _make, fact, _bodies in FULL_PAGES.values()}
    for fact in facts & {field.name for field in page._meta.get_fields()}:
        assert getattr(target, fact) == getattr(page, fact)
    assert filler.words[0] in client.get(page.url).text


def test_facts_cannot_be_overridden_in_a_translation(page):
    source, _created = TranslationSource.get_or_create_from_instance(page)
    overridable = set(
        OverridableSegment.objects.filter(source=source).values_list("context__path", flat=True)
    )
    facts = {"urgent_action", "petition", "picture", "portrait", "case", "show_in_menus", "edition"}
    assert not overridable & facts


def test_sending_a_page_to_the_translators_publishes_nothing(
    client, page, admin_user, django_capture_on_commit_callbacks
):
    """ "No Dutch text, no Dutch address": the copies wait as drafts."""
    others = Locale.objects.exclude(language_code="fr")
    with django_capture_on_commit_callbacks(execute=True):
        TranslationCreator(admin_user, others).create_translations(
            page, include_related_objects=True
        )
    copies = type(page).objects.filter(translation_key=page.translation_key).exclude(pk=page.pk)
    assert copies.count() == 3
    for copy in copies:
        assert not copy.live
        assert copy.alias_of_id is None
        assert client.get(copy.url).status_code == 404
    assert [version["hreflang"] for version in alternates(client, page)] == ["fr"]


def alternates(client, page) -> list[dict[str, str]]:
    return [
        link.attributes
        for link in ServedPage(client.get(page.url).text).all("link", rel="alternate")
        if link.attributes.get("hreflang", "x-default") != "x-default"
    ]


def test_publishing_the_original_again_publishes_no_translation(
    client, page, admin_user, django_capture_on_commit_callbacks
):
    others = Locale.objects.exclude(language_code="fr")
    with django_capture_on_commit_callbacks(execute=True):
        TranslationCreator(admin_user, others).create_translations(
            page, include_related_objects=True
        )
        page.save_revision().publish()
        TranslationSource.update_or_create_from_instance(page)
    copies = type(page).objects.filter(translation_key=page.translation_key)
    assert list(copies.filter(live=True)) == [page]

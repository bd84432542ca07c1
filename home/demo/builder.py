"""Builds the demonstration site. Running it again repairs what is missing and renews deadlines."""

import re
import tomllib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from babel import Locale as BabelLocale
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.models import Locale, Page

from campaigns.cases.models import Case, Country, SituationEvent
from campaigns.letters.models import UrgentAction, UrgentActionIssue, end_of_day
from campaigns.petitions.models import Petition, Signature
from campaigns.petitions.services import tally_signatures
from campaigns.supporters.addresses import canonical_address
from campaigns.supporters.models import Formula, Supporter
from home import setup
from home.media.models import CustomImage
from home.models import HomePage, OrganisationSettings
from home.users.models import User

from . import facts

FOLDER = Path(__file__).parent
KEYS = uuid.UUID("6f0f2e5a-5a0c-4b43-9a55-0b57a41d1961")
Words = dict[str, Any]

STAFF = {
    "admin": (),
    "editor": (setup.EDITORS,),
    "moderator": (setup.MODERATORS,),
    "translator": (setup.TRANSLATORS,),
    "campaigner": (setup.CAMPAIGNERS, setup.EDITORS),
    "supporter-service": (setup.SUPPORTER_SERVICE,),
}
STAFF_PASSWORD = "write-until-free"  # noqa: S105  (printed at every start, on purpose)


@transaction.atomic
def build_demo(*, now: datetime) -> None:
    """Facts, words in four languages, pictures, staff. Existing pages are left as they are."""
    setup.set_up_site()
    _build_staff()
    _build_countries()
    _build_cases(now)
    _build_urgent_actions(now)
    _build_formulas()
    images = {path.stem: _image(path) for path in sorted((FOLDER / "images").glob("*.jpg"))}
    _build_pages(images)
    _build_organisation()
    tally_signatures(now=now)


def _words(name: str) -> Words:
    return tomllib.loads((FOLDER / "words" / f"{name}.toml").read_text(encoding="utf-8"))


def _build_staff() -> None:
    for name, groups in STAFF.items():
        user, created = User.objects.get_or_create(
            username=name,
            defaults={
                "email": f"{name}@example.org",
                "first_name": name.replace("-", " ").capitalize(),
                "last_name": "Demo",
                "is_superuser": name == "admin",
                "is_staff": name == "admin",
            },
        )
        if created:
            user.set_password(STAFF_PASSWORD)
            user.save()
        user.groups.add(*Group.objects.filter(name__in=groups))


def _build_countries() -> None:
    names = dict(facts.INVENTED_COUNTRIES)
    for code in facts.REAL_COUNTRIES:
        names[code] = {
            language: BabelLocale.parse(language).territories[code]
            for language, _name in settings.LANGUAGES
        }
    for code, name in names.items():
        Country.objects.get_or_create(code=code, defaults={"name": name})


def _build_cases(now: datetime) -> None:
    for fact in facts.CASES:
        case, created = Case.objects.get_or_create(
            reference=fact.reference,
            defaults={
                "name": fact.name,
                "short_name": fact.short_name,
                "subject": fact.subject,
                "country": Country.objects.get(code=fact.country),
                "state": Case.State.CLOSED if fact.is_historical else Case.State.ACTIVE,
                "is_historical": fact.is_historical,
            },
        )
        if created:
            SituationEvent.objects.bulk_create(
                SituationEvent(case=case, occurred_on=day, situation=situation)
                for day, situation in fact.events
            )
        if fact.signatures is not None:
            petition, petition_created = Petition.objects.get_or_create(
                reference=fact.reference, defaults={"case": case, "goal": fact.goal}
            )
            if petition_created:
                _sign(petition, fact.signatures, now)


def _sign(petition: Petition, count: int, now: datetime) -> None:
    """Confirmed signatures of invented people, spread over the weeks before `now`."""
    people = [
        Supporter(
            email=f"signer-{number}@example.org",
            email_canonical=canonical_address(f"signer-{number}@example.org"),
            given_name=facts.GIVEN_NAMES[number % len(facts.GIVEN_NAMES)],
            family_name=facts.FAMILY_NAMES[number % len(facts.FAMILY_NAMES)],
            language=settings.LANGUAGES[number % len(settings.LANGUAGES)][0],
            created_at=now,
            confirmed_at=now,
        )
        for number in range(count)
    ]
    Supporter.objects.bulk_create(people, ignore_conflicts=True)
    signers = Supporter.objects.filter(
        email_canonical__in=[person.email_canonical for person in people]
    )
    Signature.objects.bulk_create(
        [
            Signature(
                petition=petition,
                supporter=signer,
                given_name=signer.given_name,
                family_name=signer.family_name,
                country="BE",
                language=signer.language,
                signed_at=now - timedelta(hours=3 * position),
                confirmed_at=now - timedelta(hours=3 * position),
            )
            for position, signer in enumerate(signers)
        ],
        ignore_conflicts=True,
    )


def _build_urgent_actions(now: datetime) -> None:
    for fact in facts.URGENT_ACTIONS.values():
        action, created = UrgentAction.objects.get_or_create(
            number=fact.number,
            year=fact.year,
            defaults={
                "case": Case.objects.get(reference=fact.case),
                "external_index": fact.external_index,
            },
        )
        if created:
            for ordinal, (kind, issued_on, act_before) in enumerate(fact.issues, start=1):
                UrgentActionIssue.objects.create(
                    urgent_action=action,
                    kind=kind,
                    ordinal=ordinal,
                    issued_on=issued_on,
                    act_before=act_before or issued_on,
                )
        if fact.open_for_days is not None:
            _renew(action, fact, now)


def _renew(action: UrgentAction, fact: facts.DemoUrgentAction, now: datetime) -> None:
    """A demonstration with nothing left to do shows nothing: move a past deadline on."""
    issue = action.issues.latest("ordinal")
    if issue.act_before is None or end_of_day(issue.act_before) < now:
        issue.act_before = (now + timedelta(days=fact.open_for_days or 0)).date()
        issue.save()
        Petition.objects.filter(reference=fact.case).update(closes_at=end_of_day(issue.act_before))


def _build_formulas() -> None:
    words = _words("formulas")
    for position, (code, rhythm) in enumerate(facts.FORMULAS.items()):
        Formula.objects.get_or_create(
            code=code,
            defaults={
                "title": {language: words[code][language]["title"] for language in words[code]},
                "description": {
                    language: words[code][language]["description"] for language in words[code]
                },
                "rhythm": rhythm,
                "position": position,
            },
        )


def _image(path: Path) -> CustomImage:
    title = path.stem.replace("-", " ").capitalize()
    image = CustomImage.objects.filter(title=title).first()
    if image is None:
        with path.open("rb") as file:
            image = CustomImage.objects.create(
                title=title,
                file=ImageFile(file, name=path.name),
                credit="Obstinate",
                licence="BSD-3-Clause",
            )
    return image


class _Pages:
    """The demo's pages by key and language, while they are being built."""

    def __init__(self) -> None:
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.words = {key: _words(key) for key in facts.PAGES}
        self.found: dict[tuple[str, str], Page] = {}
        self.new: set[tuple[str, str]] = set()

    def make(self, key: str, language: str, images: Mapping[str, CustomImage]) -> None:
        """Find the page, or add it without its body, unpublished."""
        fact = facts.PAGES[key]
        model = apps.get_model("home", fact.model)
        locale = self.locales[language]
        translation_key = uuid.uuid5(KEYS, key)
        if model is HomePage:
            page = HomePage.objects.get(locale=locale)
            if page.headline:
                self.found[key, language] = page
                return
        else:
            existing = model.objects.filter(translation_key=translation_key, locale=locale).first()
            if existing:
                self.found[key, language] = existing
                return
            page = model(locale=locale, translation_key=translation_key, live=False)
        words = self.words[key][language]
        page.title = words["title"]
        page.introduction = words["introduction"].strip()
        page.search_description = words["search_description"]
        page.show_in_menus = fact.in_menu
        for field in ("need", "demand", "sign_button", "portrait_alt", "nuance", "headline"):
            if hasattr(page, field) and words.get(field):
                setattr(page, field, words[field].strip())
        if fact.model == "UrgentActionPage" and page.demand:
            # One petition, one demand: the case's words.
            page.demand = self.words[f"case_{key.removeprefix('ua_')}"][language]["demand"].strip()
        self._set_facts(page, key, fact, images)
        if model is HomePage:
            page.draft_title = page.title
            page.save()
        else:
            page.slug = words["slug"]
            self.found[fact.parent, language].add_child(instance=page)
        self.found[key, language] = page
        self.new.add((key, language))

    def _set_facts(
        self, page: Page, key: str, fact: facts.DemoPage, images: Mapping[str, CustomImage]
    ) -> None:
        picture = images.get(fact.picture)
        if fact.model == "CasePage":
            page.case = Case.objects.get(reference=fact.case)
            page.petition = Petition.objects.filter(reference=fact.case).first()
            page.portrait = picture
        elif fact.model == "UrgentActionPage":
            known = facts.URGENT_ACTIONS[key]
            page.urgent_action = UrgentAction.objects.get(number=known.number, year=known.year)
            page.petition = Petition.objects.filter(reference=fact.case).first()
            page.picture = picture
            page.picture_alt = (
                self.words[f"case_{key.removeprefix('ua_')}"][page.locale.language_code]
            ).get("portrait_alt", "")
        elif fact.model == "GoodNewsPage":
            page.case = Case.objects.get(reference=fact.case)
            page.happened_on = fact.happened_on
        elif hasattr(page, "picture"):
            page.picture = picture

    def fill(self, key: str, language: str) -> None:
        """Give a new page its body, now that every page it links to exists; publish it."""
        page = self.found[key, language]
        words = self.words[key][language]
        if hasattr(page, "body"):
            page.body = [self._block(block, language) for block in words.get("body", [])]
        if hasattr(page, "letter"):
            page.instructions = [("step", step) for step in words["instructions"]]
            letter = {field: text.strip() for field, text in words["letter"].items()}
            page.letter = [("letter", letter)] if letter.get("text") else []
            page.addresses = [
                ("addressee", {**address, "lines": address["lines"].strip()})
                for address in words["addresses"]
            ]
        if isinstance(page, HomePage):
            page.featured = self.found[facts.FEATURED, settings.LANGUAGE_CODE].page_ptr
        page.save_revision().publish()

    def _block(self, block: Words, language: str) -> tuple[str, Any]:
        kind = block["block"]
        value: Any = {name: part for name, part in block.items() if name != "block"}
        if kind == "heading":
            value = block["value"]
        elif kind == "paragraph":
            value = re.sub(
                r'key="(\w+)"',
                lambda match: f'id="{self.found[match[1], language].pk}"',
                block["value"].strip(),
            )
        elif kind == "call_to_action":
            value["page"] = self.found[block["page"], language]
        elif kind == "cases":
            value["cases"] = [self.found[case, language] for case in block["cases"]]
        elif kind == "sign":
            value["petition"] = Petition.objects.get(reference=block["petition"])
        return kind, value


def _build_pages(images: Mapping[str, CustomImage]) -> None:
    pages = _Pages()
    languages = [code for code, _name in settings.LANGUAGES]
    for key in facts.PAGES:
        for language in languages:
            pages.make(key, language, images)
    for key in facts.PAGES:
        for language in languages:
            if (key, language) in pages.new:
                pages.fill(key, language)


def _build_organisation() -> None:
    organisation = OrganisationSettings.load()
    if organisation.number:
        return
    main = Locale.objects.get(language_code=settings.LANGUAGE_CODE)

    def page(key: str) -> Page:
        return Page.objects.get(translation_key=uuid.uuid5(KEYS, key), locale=main)

    organisation.number = "BE 0000.000.000"
    organisation.address = "Rue de la Lettre – Briefstraat 1, 1000 Bruxelles – Brussel"
    organisation.email = "contact@example.org"
    organisation.publisher = "Obstinate"
    organisation.about_page = page("about")
    organisation.privacy_page = page("privacy")
    organisation.credits_page = page("credits")
    organisation.save()

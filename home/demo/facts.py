"""The facts of the demonstration site. The words are in `words/*.toml`.

Real people appear in closed, historical cases only. Whoever and wherever is open is invented.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.cases.models import Case, CaseConsent
from campaigns.letters.models import UrgentAction, UrgentActionIssue
from campaigns.supporters.models import DIGITAL_AGE, Formula

Kind = UrgentActionIssue.Kind
State = UrgentActionIssue.State
Scope = CaseConsent.Scope
Giver = CaseConsent.Giver
Content = Formula.Content

# Codes XA to XZ are left free by ISO 3166-1; these countries do not exist.
INVENTED_COUNTRIES = {
    "XA": {"fr": "Orvanie", "nl": "Orvanië", "de": "Orwanien", "en": "Orvania"},
    "XM": {"fr": "Maravel", "nl": "Maravel", "de": "Maravel", "en": "Maravel"},
    "XO": {"fr": "Oshtara", "nl": "Oshtara", "de": "Oschtara", "en": "Oshtara"},
    "XS": {"fr": "Sarkande", "nl": "Sarkand", "de": "Sarkand", "en": "Sarkand"},
}
REAL_COUNTRIES = ("CN", "SV", "IR", "EG")

NAMED = (Scope.WORK, Scope.WEB, Scope.NAME, Scope.SURNAME, Scope.IMAGE, Scope.QUOTE)


@dataclass(frozen=True)
class DemoCase:
    """A case; `signatures` are confirmed ones under its petition, None where it has none."""

    reference: str
    full_name: str
    brief_name: str
    country: str
    subject: Case.Subject = Case.Subject.PERSON
    state: Case.State = Case.State.ACTIVE
    is_historical: bool = False
    closing_reason: str = ""
    closed_on: date | None = None
    scopes: tuple[Scope, ...] = NAMED
    given_by: Giver = Giver.FAMILY
    given_on: date = date(2026, 1, 5)
    # In days from when the demonstration is built: one is to be reviewed soon.
    review_in_days: int | None = None
    signatures: int | None = None
    goal: int = 500


def _historical(
    reference: str, full_name: str, brief_name: str, country: str, closed_on: date
) -> DemoCase:
    return DemoCase(
        reference,
        full_name,
        brief_name,
        country,
        state=Case.State.CLOSED,
        is_historical=True,
        closing_reason=Case.ClosingReason.FREED,
        closed_on=closed_on,
        given_by=Giver.PUBLIC_RECORD,
        given_on=date(2007, 7, 13),
    )


CASES = (
    DemoCase("ana-drovik", "Ana Drovik", "Ana", "XA", review_in_days=21, signatures=387),
    DemoCase("tomas-elarin", "Tomás Elarin", "Tomás", "XS", signatures=241, goal=200),
    DemoCase(
        "lisk-bay",
        "Lisk Bay",
        "Lisk Bay",
        "XM",
        subject=Case.Subject.COMMUNITY,
        given_by=Giver.LOCAL_NGO,
        signatures=164,
        goal=340,
    ),
    DemoCase("noor-hadesh", "Noor Hadesh", "Noor", "XS", signatures=318),
    DemoCase(
        "ilka",
        "Ilka",
        "Ilka",
        "XS",
        scopes=(Scope.WORK, Scope.WEB, Scope.NAME),
        given_by=Giver.LAWYER,
        review_in_days=-3,
        signatures=92,
        goal=250,
    ),
    # These five have no page of their own: the marathon's says all that there is to say.
    DemoCase("sela-marou", "Sela Marou", "Sela", "XO", signatures=41, goal=250),
    DemoCase("davit-renko", "Davit Renko", "Davit", "XA", signatures=57, goal=250),
    DemoCase("brisa-kolenne", "Brisa Kolenne", "Brisa", "XM", signatures=33, goal=250),
    DemoCase("yusra-tamin", "Yusra Tamin", "Yusra", "XS", signatures=62, goal=250),
    DemoCase("odel-fen", "Odel Fen", "Odel", "XO", signatures=28, goal=250),
    DemoCase(
        "orlan-family",
        "Orlan Mirei, Orlan Dasho, Orlan Teyu",
        "Mirei, Dasho, Teyu",
        "XO",
        subject=Case.Subject.FAMILY,
        state=Case.State.DORMANT,
        scopes=(Scope.WORK, Scope.WEB, Scope.NAME, Scope.SURNAME),
        given_by=Giver.PERSON,
    ),
    DemoCase(
        "valley-community",
        "(unnamed community)",
        "(unnamed)",
        "XA",
        subject=Case.Subject.COMMUNITY,
        scopes=(Scope.WORK, Scope.WEB),
        given_by=Giver.LOCAL_NGO,
    ),
    _historical("su-changlan", "Su Changlan", "Changlan", "CN", date(2017, 10, 26)),
    _historical(
        "teodora-vasquez", "Teodora del Carmen Vásquez", "Teodora", "SV", date(2018, 2, 15)
    ),
    _historical("hamid-babaei", "Hamid Babaei", "Hamid", "IR", date(2019, 8, 6)),
    _historical("ibrahim-ezz-el-din", "Ibrahim Ezz El-Din", "Ibrahim", "EG", date(2022, 4, 26)),
)


@dataclass(frozen=True)
class DemoIssue:
    """An issue of an urgent action; an open one without a day ends after `open_for_days`."""

    kind: Kind
    state: State
    issued_on: date
    act_before: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class DemoUrgentAction:
    """An urgent action; open ones end `open_for_days` after the demo was last built."""

    case: str
    number: int
    year: int
    issues: tuple[DemoIssue, ...]
    external_index: str = ""
    open_for_days: int | None = None
    kind: str = UrgentAction.Kind.URGENT


URGENT_ACTIONS = {
    "monthly_ana_drovik": DemoUrgentAction(
        "ana-drovik",
        101,
        2026,
        (DemoIssue(Kind.FIRST, State.OPEN, date(2026, 11, 2)),),
        open_for_days=30,
        kind=UrgentAction.Kind.MONTHLY,
    ),
    "ua_noor_hadesh": DemoUrgentAction(
        "noor-hadesh",
        12,
        2026,
        (
            DemoIssue(
                Kind.FIRST,
                State.SUPERSEDED,
                date(2026, 10, 9),
                date(2026, 11, 20),
                date(2026, 11, 5),
            ),
            DemoIssue(Kind.FURTHER_INFORMATION, State.OPEN, date(2026, 11, 5)),
        ),
        open_for_days=12,
    ),
    "ua_lisk_bay": DemoUrgentAction(
        "lisk-bay",
        15,
        2026,
        (DemoIssue(Kind.FIRST, State.OPEN, date(2026, 11, 3)),),
        open_for_days=26,
    ),
    # Somebody who looks at the demonstration should see a last day too.
    "ua_ilka": DemoUrgentAction(
        "ilka", 16, 2026, (DemoIssue(Kind.FIRST, State.OPEN, date(2026, 11, 6)),), open_for_days=0
    ),
    "ua_orlan_family": DemoUrgentAction(
        "orlan-family",
        5,
        2026,
        (
            DemoIssue(
                Kind.FIRST,
                State.STOPPED,
                date(2026, 4, 20),
                date(2026, 12, 1),
                date(2026, 10, 29),
            ),
            DemoIssue(Kind.STOP, State.STOPPED, date(2026, 10, 29), ended_on=date(2026, 10, 29)),
        ),
    ),
    "ua_hamid_babaei": DemoUrgentAction(
        "hamid-babaei",
        36,
        2014,
        (
            DemoIssue(
                Kind.FIRST, State.EXPIRED, date(2014, 2, 21), date(2014, 4, 4), date(2014, 4, 4)
            ),
            DemoIssue(Kind.OUTCOME, State.SUCCEEDED, date(2019, 8, 6), ended_on=date(2014, 4, 4)),
        ),
        external_index="MDE 13/011/2014",
    ),
}


@dataclass(frozen=True)
class DemoFormula:
    """A kind of mail on offer, and what it asks for."""

    rhythm: Formula.Rhythm
    content_kinds: tuple[Formula.Content, ...]
    channels: tuple[Formula.Channel, ...] = (Formula.Channel.EMAIL,)
    case_choice: Formula.Choosing = Formula.Choosing.NONE
    needs_phone: bool = False
    needs_postal_address: bool = False
    minimum_age: int = DIGITAL_AGE


FORMULAS = {
    "urgent-actions": DemoFormula(
        Formula.Rhythm.TWICE_A_MONTH, (Content.URGENT_ACTION, Content.ACTION_UPDATE)
    ),
    "monthly-letter": DemoFormula(
        Formula.Rhythm.MONTHLY, (Content.MONTHLY_LETTER, Content.MARATHON)
    ),
    "adopt-a-person": DemoFormula(
        Formula.Rhythm.MONTHLY,
        (Content.CASE_NEWS, Content.MONTHLY_LETTER),
        channels=(Formula.Channel.EMAIL, Formula.Channel.POST),
        case_choice=Formula.Choosing.ONE,
        needs_postal_address=True,
    ),
    "newsletter": DemoFormula(
        Formula.Rhythm.OCCASIONAL, (Content.NEWSLETTER, Content.CASE_NEWS, Content.MARATHON)
    ),
    # Asked of adults: a text message reaches people wherever they are, at any hour.
    "sms-alerts": DemoFormula(
        Formula.Rhythm.OCCASIONAL,
        (Content.URGENT_ACTION,),
        channels=(Formula.Channel.SMS,),
        needs_phone=True,
        minimum_age=18,
    ),
}


@dataclass(frozen=True)
class DemoPage:
    """A page by the key of its words; facts and pictures by their reference."""

    model: str
    parent: str = "home"
    in_menu: bool = False
    case: str = ""
    country: str = ""
    happened_on: date | None = None
    picture: str = ""


def _case(reference: str, picture: str = "") -> DemoPage:
    return DemoPage("CasePage", "case_index", case=reference, picture=picture)


def _action(reference: str, picture: str = "") -> DemoPage:
    return DemoPage("UrgentActionPage", "urgent_action_index", case=reference, picture=picture)


def _news(reference: str, happened_on: date) -> DemoPage:
    return DemoPage("GoodNewsPage", "good_news_index", case=reference, happened_on=happened_on)


def _update(case_page: str, happened_on: date) -> DemoPage:
    return DemoPage("CaseUpdatePage", case_page, happened_on=happened_on)


def _newsletter(issued_on: date) -> DemoPage:
    return DemoPage("NewsletterPage", "newsletter_index", happened_on=issued_on)


def _country(code: str) -> DemoPage:
    return DemoPage("CountryPage", "case_index", country=code)


PAGES = {
    "home": DemoPage("HomePage", parent="", picture="letters"),
    "urgent_action_index": DemoPage("UrgentActionIndexPage", in_menu=True),
    "case_index": DemoPage("CaseIndexPage", in_menu=True),
    "marathon": DemoPage("MarathonPage", in_menu=True),
    "act_for_a_person": DemoPage("StandardPage", in_menu=True),
    "urgent_action_network": DemoPage("StandardPage", in_menu=True, picture="network"),
    "good_news_index": DemoPage("GoodNewsIndexPage", in_menu=True),
    "letter_marathon": DemoPage("StandardPage", parent="act_for_a_person"),
    "about": DemoPage("StandardPage"),
    "privacy": DemoPage("StandardPage"),
    "credits": DemoPage("StandardPage"),
    "search": DemoPage("SearchPage"),
    "country_xa": _country("XA"),
    "country_xm": _country("XM"),
    "country_xo": _country("XO"),
    "country_xs": _country("XS"),
    # Listed newest first, so published last.
    "case_hamid_babaei": _case("hamid-babaei"),
    "case_su_changlan": _case("su-changlan"),
    "case_teodora_vasquez": _case("teodora-vasquez"),
    "case_orlan_family": _case("orlan-family"),
    "case_valley_community": _case("valley-community"),
    "case_lisk_bay": _case("lisk-bay", "lisk-bay"),
    "case_tomas_elarin": _case("tomas-elarin", "tomas-elarin"),
    "case_ilka": _case("ilka"),
    "case_noor_hadesh": _case("noor-hadesh", "noor-hadesh"),
    "case_ana_drovik": _case("ana-drovik", "ana-drovik"),
    "update_ana_drovik_hearing": _update("case_ana_drovik", date(2026, 10, 20)),
    "update_noor_hadesh_ministry": _update("case_noor_hadesh", date(2026, 10, 29)),
    "update_noor_hadesh_witness": _update("case_noor_hadesh", date(2026, 11, 5)),
    "update_lisk_bay_court": _update("case_lisk_bay", date(2026, 11, 10)),
    "ua_hamid_babaei": _action("hamid-babaei"),
    "ua_orlan_family": _action("orlan-family"),
    "ua_ilka": _action("ilka"),
    "ua_lisk_bay": _action("lisk-bay", "lisk-bay"),
    "ua_noor_hadesh": _action("noor-hadesh", "noor-hadesh"),
    "news_su_changlan": _news("su-changlan", date(2017, 10, 26)),
    "news_teodora_vasquez": _news("teodora-vasquez", date(2018, 2, 15)),
    "news_hamid_babaei": _news("hamid-babaei", date(2019, 8, 6)),
    "news_ibrahim_ezz_el_din": _news("ibrahim-ezz-el-din", date(2022, 4, 26)),
    "newsletter_index": DemoPage("NewsletterIndexPage"),
    "newsletter_october": _newsletter(date(2026, 10, 22)),
    "newsletter_november": _newsletter(date(2026, 11, 19)),
}
FEATURED = "ua_noor_hadesh"

# The cases of the letter marathon, in its order.
MARATHON = (
    *("ana-drovik", "sela-marou", "noor-hadesh", "davit-renko", "lisk-bay"),
    *("yusra-tamin", "tomas-elarin", "odel-fen", "ilka", "brisa-kolenne"),
)

# Invented people who "signed" the invented petitions.
GIVEN_NAMES = ("Mila", "Joris", "Aïcha", "Emre", "Léa", "Wout", "Greta", "Noé", "Inès", "Lukas")
FAMILY_NAMES = ("Dubreux", "Van Hasel", "Steinort", "Okaru", "Lemorne", "Brandel", "Yildar")
# How they signed: over how long, from where, by which ways, and how many have not confirmed yet.
SIGNED_OVER = timedelta(weeks=6)
SIGNED_FROM = ("BE", "BE", "FR", "BE", "NL", "BE", "DE", "BE", "BE", "LU", "BE")
SOURCES = ("", "", "share-whatsapp", "", "newsletter-11", "by-mila2dubreux", "", "stall-gent")
UNCONFIRMED_ONE_IN = 8

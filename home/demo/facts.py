"""The facts of the demonstration site. The words are in `words/*.toml`.

Real people appear in closed, historical cases only. Whoever and wherever is open is invented.
"""

from dataclasses import dataclass
from datetime import date

from campaigns.cases.models import Case, Situation
from campaigns.letters.models import UrgentActionIssue
from campaigns.supporters.models import Formula

Kind = UrgentActionIssue.Kind

# Codes XA to XZ are left free by ISO 3166-1; these countries do not exist.
INVENTED_COUNTRIES = {
    "XA": {"fr": "Orvanie", "nl": "Orvanië", "de": "Orwanien", "en": "Orvania"},
    "XM": {"fr": "Maravel", "nl": "Maravel", "de": "Maravel", "en": "Maravel"},
    "XS": {"fr": "Sarkande", "nl": "Sarkand", "de": "Sarkand", "en": "Sarkand"},
}
REAL_COUNTRIES = ("CN", "SV", "IR", "EG")


@dataclass(frozen=True)
class DemoCase:
    """A case; `signatures` are confirmed ones under its petition, None where it has none."""

    reference: str
    name: str
    short_name: str
    country: str
    events: tuple[tuple[date, Situation], ...]
    subject: Case.Subject = Case.Subject.PERSON
    is_historical: bool = False
    signatures: int | None = None
    goal: int = 500


CASES = (
    DemoCase(
        "ana-drovik",
        "Ana Drovik",
        "Ana",
        "XA",
        ((date(2026, 2, 14), Situation.PRETRIAL), (date(2026, 6, 8), Situation.ON_TRIAL)),
        signatures=387,
    ),
    DemoCase(
        "tomas-elarin",
        "Tomás Elarin",
        "Tomás",
        "XS",
        ((date(2025, 11, 22), Situation.PRETRIAL), (date(2026, 3, 9), Situation.SENTENCED)),
        signatures=241,
    ),
    DemoCase(
        "lisk-bay",
        "Lisk Bay",
        "Lisk Bay",
        "XM",
        ((date(2026, 5, 4), Situation.THREATENED),),
        subject=Case.Subject.COMMUNITY,
        signatures=164,
        goal=340,
    ),
    DemoCase(
        "noor-hadesh",
        "Noor Hadesh",
        "Noor",
        "XS",
        ((date(2026, 10, 3), Situation.DISAPPEARED),),
        signatures=318,
    ),
    DemoCase(
        "su-changlan",
        "Su Changlan",
        "Su Changlan",
        "CN",
        (
            (date(2014, 10, 27), Situation.PRETRIAL),
            (date(2017, 3, 31), Situation.SENTENCED),
            (date(2017, 10, 26), Situation.SENTENCE_SERVED),
        ),
        is_historical=True,
    ),
    DemoCase(
        "teodora-vasquez",
        "Teodora del Carmen Vásquez",
        "Teodora",
        "SV",
        (
            (date(2007, 7, 13), Situation.PRETRIAL),
            (date(2018, 2, 15), Situation.COMMUTED),
        ),
        is_historical=True,
    ),
    DemoCase(
        "hamid-babaei",
        "Hamid Babaei",
        "Hamid",
        "IR",
        (
            (date(2013, 8, 13), Situation.PRETRIAL),
            (date(2013, 12, 21), Situation.SENTENCED),
            (date(2019, 8, 6), Situation.SENTENCE_SERVED),
        ),
        is_historical=True,
    ),
    DemoCase(
        "ibrahim-ezz-el-din",
        "Ibrahim Ezz El-Din",
        "Ibrahim",
        "EG",
        (
            (date(2019, 6, 11), Situation.DISAPPEARED),
            (date(2019, 11, 26), Situation.PRETRIAL),
            (date(2022, 4, 26), Situation.RELEASED),
        ),
        is_historical=True,
    ),
)


@dataclass(frozen=True)
class DemoUrgentAction:
    """An urgent action; open ones end `open_for_days` after the demo was last built."""

    case: str
    number: int
    year: int
    issues: tuple[tuple[Kind, date, date | None], ...]
    external_index: str = ""
    open_for_days: int | None = None


URGENT_ACTIONS = {
    "ua_noor_hadesh": DemoUrgentAction(
        "noor-hadesh", 12, 2026, ((Kind.FIRST, date(2026, 10, 9), None),), open_for_days=12
    ),
    "ua_lisk_bay": DemoUrgentAction(
        "lisk-bay", 15, 2026, ((Kind.FIRST, date(2026, 11, 3), None),), open_for_days=26
    ),
    "ua_hamid_babaei": DemoUrgentAction(
        "hamid-babaei",
        36,
        2014,
        (
            (Kind.FIRST, date(2014, 2, 21), date(2014, 4, 4)),
            (Kind.OUTCOME, date(2019, 8, 6), None),
        ),
        external_index="MDE 13/011/2014",
    ),
}

FORMULAS = {
    "urgent-actions": Formula.Rhythm.TWICE_A_MONTH,
    "monthly-letter": Formula.Rhythm.MONTHLY,
    "newsletter": Formula.Rhythm.OCCASIONAL,
}


@dataclass(frozen=True)
class DemoPage:
    """A page by the key of its words; facts and pictures by their reference."""

    model: str
    parent: str = "home"
    in_menu: bool = False
    case: str = ""
    happened_on: date | None = None
    picture: str = ""


PAGES = {
    "home": DemoPage("HomePage", parent="", picture="letters"),
    "urgent_action_index": DemoPage("UrgentActionIndexPage", in_menu=True),
    "case_index": DemoPage("CaseIndexPage", in_menu=True),
    "act_for_a_person": DemoPage("StandardPage", in_menu=True),
    "urgent_action_network": DemoPage("StandardPage", in_menu=True, picture="network"),
    "good_news_index": DemoPage("GoodNewsIndexPage", in_menu=True),
    "letter_marathon": DemoPage("StandardPage", parent="act_for_a_person"),
    "about": DemoPage("StandardPage"),
    "privacy": DemoPage("StandardPage"),
    "credits": DemoPage("StandardPage"),
    "search": DemoPage("SearchPage"),
    # Listed newest first, so published last.
    "case_hamid_babaei": DemoPage("CasePage", "case_index", case="hamid-babaei"),
    "case_su_changlan": DemoPage("CasePage", "case_index", case="su-changlan"),
    "case_teodora_vasquez": DemoPage("CasePage", "case_index", case="teodora-vasquez"),
    "case_lisk_bay": DemoPage("CasePage", "case_index", case="lisk-bay", picture="lisk-bay"),
    "case_tomas_elarin": DemoPage(
        "CasePage", "case_index", case="tomas-elarin", picture="tomas-elarin"
    ),
    "case_noor_hadesh": DemoPage(
        "CasePage", "case_index", case="noor-hadesh", picture="noor-hadesh"
    ),
    "case_ana_drovik": DemoPage("CasePage", "case_index", case="ana-drovik", picture="ana-drovik"),
    "ua_hamid_babaei": DemoPage("UrgentActionPage", "urgent_action_index", case="hamid-babaei"),
    "ua_lisk_bay": DemoPage(
        "UrgentActionPage", "urgent_action_index", case="lisk-bay", picture="lisk-bay"
    ),
    "ua_noor_hadesh": DemoPage(
        "UrgentActionPage", "urgent_action_index", case="noor-hadesh", picture="noor-hadesh"
    ),
    "news_su_changlan": DemoPage(
        "GoodNewsPage", "good_news_index", case="su-changlan", happened_on=date(2017, 10, 26)
    ),
    "news_teodora_vasquez": DemoPage(
        "GoodNewsPage", "good_news_index", case="teodora-vasquez", happened_on=date(2018, 2, 15)
    ),
    "news_hamid_babaei": DemoPage(
        "GoodNewsPage", "good_news_index", case="hamid-babaei", happened_on=date(2019, 8, 6)
    ),
    "news_ibrahim_ezz_el_din": DemoPage(
        "GoodNewsPage",
        "good_news_index",
        case="ibrahim-ezz-el-din",
        happened_on=date(2022, 4, 26),
    ),
}
FEATURED = "ua_noor_hadesh"

# Invented people who "signed" the invented petitions.
GIVEN_NAMES = ("Mila", "Joris", "Aïcha", "Emre", "Léa", "Wout", "Greta", "Noé", "Inès", "Lukas")
FAMILY_NAMES = ("Dubreux", "Van Hasel", "Steinort", "Okaru", "Lemorne", "Brandel", "Yildar")

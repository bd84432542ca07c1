"""What a stamp costs today, to which part of the world."""

from datetime import date

from campaigns.cases.models import Country

from .models import PostageRate

Zone = PostageRate.Zone

# Region 150, Europe, of the United Nations' standard M49 ("Standard country or area codes for
# statistical use"), and Cyprus: M49 has it in Asia, the postal services of the Union in Europe.
EUROPE = frozenset(
    {
        *("AD", "AL", "AT", "AX", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "EE"),
        *("ES", "FI", "FO", "FR", "GB", "GG", "GI", "GR", "HR", "HU", "IE", "IM", "IS", "IT"),
        *("JE", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT"),
        *("RO", "RS", "RU", "SE", "SI", "SJ", "SK", "SM", "UA", "VA"),
    }
)


def zone(*, country: Country, posted_in: str) -> str:
    """Where a country lies for somebody who posts a letter; invented ones are far away."""
    if country.code == posted_in:
        return Zone.INLAND
    if {country.code, posted_in} <= EUROPE:
        return Zone.EUROPE
    return Zone.WORLD


def postage(*, country: Country, posted_in: str = "BE", on: date) -> PostageRate | None:
    """The stamp for a letter to `country` on that day; None where staff have said no price."""
    rates = PostageRate.objects.filter(
        posted_in=posted_in,
        zone=zone(country=country, posted_in=posted_in),
        valid_from__lte=on,
    )
    return rates.order_by("-valid_from").first()

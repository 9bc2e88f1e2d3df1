"""The time zone of a person: of the province they name, else of their area code, else Eastern.

A number tells where it was bought, not where somebody is: whoever sets safe times is told in which
city's time they are understood, and an advocate can correct it. Area codes: the Canadian Numbering
Administrator's list (cnac.ca). A province with two zones counts as the one most people live in.
"""

from __future__ import annotations

EASTERN = "America/Toronto"

#: Zones by province and territory, as `intake.places` names them.
BY_PROVINCE = {
    "BC": "America/Vancouver",
    "AB": "America/Edmonton",
    "SK": "America/Regina",
    "MB": "America/Winnipeg",
    "ON": EASTERN,
    "QC": EASTERN,
    "NB": "America/Moncton",
    "NS": "America/Halifax",
    "PE": "America/Halifax",
    "NL": "America/St_Johns",
    "YT": "America/Whitehorse",
    "NT": "America/Edmonton",
    "NU": "America/Iqaluit",
}
_AREAS = {
    "BC": "236 250 257 604 672 778",
    "AB": "368 403 587 780 825",
    "SK": "306 474 639",
    "MB": "204 431 584",
    "NB": "428 506",
    "NS": "782 902",
    "NL": "709 879",
    # All three territories; most of their people live in the two with Mountain time.
    "NT": "867",
}
_BY_AREA = {code: BY_PROVINCE[place] for place, codes in _AREAS.items() for code in codes.split()}
ZONES = frozenset(BY_PROVINCE.values())


def zone_of(address: str, province: str | None = None) -> str:
    """The zone for an address on any channel; Eastern when nothing tells."""
    if province in BY_PROVINCE:
        return BY_PROVINCE[province]
    number = address.removeprefix("whatsapp:")
    return _BY_AREA.get(number[2:5], EASTERN) if number.startswith("+1") else EASTERN


def city(zone: str) -> str:
    """The city that a zone is named after, for telling a person whose clock is meant."""
    return zone.rsplit("/", 1)[-1].replace("_", ". ")

"""What everything costs in the ranking of services: the whole of it, in one place.

A service costs the sum of what speaks against it for this question; the
cheapest is offered first. `directory/fit.py` says what is counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from directory.vocabulary import Audience, Extent, Fit
from intake.needs import Need

# What the need costs. A service further off than RELATED is no answer at all.
NEED = {Fit.PRIMARY: 0.0, Fit.SECONDARY: 8.0, Fit.GENERAL: 30.0}
RELATED = 40.0
SOMEBODY_TO_TALK_TO = 60.0
ASKED_FOR_POLICE = -30.0
# Nobody said what they need: those who find anything first, then those of our own field.
NEED_UNSAID = {Fit.GENERAL: 0.0, Fit.PRIMARY: 10.0, Fit.SECONDARY: 30.0}

REACH = {
    Extent.TOWN: 0.0,
    Extent.REGION: 2.0,
    Extent.PROVINCE: 4.0,
    Extent.NATIONAL: 8.0,
    Extent.NATIONAL_INTAKE: 60.0,
}
NEARBY = 14.0
"""In the same province, beyond its usual reach but within a drive."""
SOMEWHERE_IN_PROVINCE = 10.0
"""Only the province is known; the service serves one town of it."""
NEARBY_KM = 150.0

CLOSED = 25.0
CLOSED_URGENT = 45.0
"""Closed, for a need that cannot wait for the morning (URGENT)."""
OPEN_UNKNOWN = 10.0
LANGUAGE_INTERPRETED = 1.0
LANGUAGE_UNKNOWN = 6.0
LANGUAGE_UNLISTED = 12.0
ELIGIBILITY_UNKNOWN = 3.0
MADE_FOR_THEM = -12.0
MADE_FOR_OTHERS = {
    Audience.INDIGENOUS: 60.0,
    Audience.TRANS: 60.0,
    Audience.SEX_WORKERS: 60.0,
    Audience.FRANCOPHONE: 25.0,
    Audience.MIGRANT_WORKERS: 15.0,
    Audience.YOUTH: 15.0,
}
"""Belonging is never assumed: such a service leads once the person says so."""
PAST_YOUTH = 40.0
GOVERNMENT_WITHOUT_STATUS = 25.0
"""For a person without status an independent organization comes first."""
NUMBER_UNCONFIRMED = 6.0
DISPUTED = 40.0
OVERDUE = 8.0
STALE = 60.0
"""Twice overdue: shown to staff alone, with a warning."""
OTHER_PHASE = 15.0
UNSAFE_KM = 25.0
"""How far around the centre of a place to stay away from it is not safe."""

URGENT = frozenset(
    {Need.SHELTER, Need.SEXUAL_ASSAULT, Need.CRISIS_SUPPORT, Need.CHILD_PROTECTION,
     Need.TRAFFICKING, Need.DOMESTIC_VIOLENCE}
)  # fmt: skip
RELATIONS: Mapping[Need, frozenset[Need]] = {
    Need.SHELTER: frozenset({Need.DOMESTIC_VIOLENCE, Need.TRAFFICKING, Need.BASIC_NEEDS}),
    Need.SEXUAL_ASSAULT: frozenset({Need.DOMESTIC_VIOLENCE, Need.HEALTH}),
    Need.CRISIS_SUPPORT: frozenset(),
    Need.CHILD_PROTECTION: frozenset({Need.YOUTH}),
    Need.ONLINE_IMAGES: frozenset({Need.SEXUAL_ASSAULT, Need.YOUTH}),
    Need.TRAFFICKING: frozenset({Need.SEXUAL_ASSAULT, Need.DOMESTIC_VIOLENCE, Need.LABOUR_RIGHTS}),
    Need.BASIC_NEEDS: frozenset({Need.SHELTER}),
    Need.HEALTH: frozenset({Need.SEXUAL_ASSAULT}),
    Need.DOMESTIC_VIOLENCE: frozenset({Need.SHELTER, Need.SEXUAL_ASSAULT}),
    Need.YOUTH: frozenset({Need.SHELTER}),
    Need.LABOUR_RIGHTS: frozenset({Need.LEGAL_IMMIGRATION, Need.TRAFFICKING}),
    Need.LEGAL_IMMIGRATION: frozenset({Need.LABOUR_RIGHTS, Need.TRAFFICKING}),
    Need.INDIGENOUS_SUPPORT: frozenset(),
}
"""Services for these are better than none when too few meet the need itself."""

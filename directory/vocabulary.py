"""The closed sets of the directory: what a record may say, in words the tables check.

HSDS (Open Referral, 3.1) leaves these open or has no field for them; the
values are those of the hotline's own model of organizations and services.
"""

from __future__ import annotations

import enum


class OrganizationKind(enum.StrEnum):
    """The five kinds of organization that the hotline refers to."""

    DIRECT_SERVICE = "direct_service"
    INDIRECT_SERVICE = "indirect_service"
    LAW_ENFORCEMENT = "law_enforcement"
    GOVERNMENT = "government"
    COALITION = "coalition"
    """A coalition, network or allied organization."""


class Area(enum.StrEnum):
    """The fields an organization works in."""

    HUMAN_TRAFFICKING = "human_trafficking"
    SEXUAL_ASSAULT = "sexual_assault"
    RUNAWAY_HOMELESS_YOUTH = "runaway_homeless_youth"
    DOMESTIC_VIOLENCE = "domestic_violence"
    LABOUR_RIGHTS = "labour_rights"
    HEALTHCARE = "healthcare"
    IMMIGRATION_REFUGEE = "immigration_refugee"
    INDIGENOUS_CULTURAL_COMPETENCY = "indigenous_cultural_competency"


class Phase(enum.StrEnum):
    """When in a person's way out a service helps."""

    EMERGENCY = "emergency"
    TRANSITION = "transition"
    LONG_TERM = "long_term"


class Audience(enum.StrEnum):
    """People a service was made for; others are offered it later, not never."""

    INDIGENOUS = "indigenous"
    TRANS = "trans"
    YOUTH = "youth"
    FRANCOPHONE = "francophone"
    MIGRANT_WORKERS = "migrant_workers"
    SEX_WORKERS = "sex_workers"


class Fit(enum.StrEnum):
    """How well a service answers a need; the value of a need's `attribute`."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    GENERAL = "general"
    """Finds another service for it ("211")."""


class Visibility(enum.StrEnum):
    """Who may see a record or a number."""

    PUBLIC = "public"
    STAFF_ONLY = "staff_only"
    SEALED = "sealed"


class ShareBy(enum.StrEnum):
    """How a service may be passed on."""

    ANY = "any"
    VOICE_ONLY = "voice_only"
    ADVOCATE_ONLY = "advocate_only"


class CrisisGrade(enum.StrEnum):
    """Whether somebody answers. Only the first may be shown as "24/7"."""

    LIVE_24_7 = "24_7_live"
    LIVE_HOURS = "hours_live"
    MESSAGE_ONLY = "message_only"
    INFO_ONLY = "info_only"


class Extent(enum.StrEnum):
    """How far a service reaches, nearest first."""

    TOWN = "town"
    REGION = "region"
    PROVINCE = "province"
    NATIONAL = "national"
    NATIONAL_INTAKE = "national_intake"
    """Takes people from anywhere, but they would have to travel to it."""


class ServiceStatus(enum.StrEnum):
    """HSDS 3.1 `service.status`."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class Verification(enum.StrEnum):
    """Whether a human has checked the record with the service itself."""

    TO_BE_VERIFIED = "to_be_verified"
    VERIFIED = "verified"
    DISPUTED = "disputed"
    """A call failed or somebody reported the record as wrong."""


class VerificationMethod(enum.StrEnum):
    """How it was checked."""

    CALL = "call"
    EMAIL = "email"
    WEBSITE = "website"
    VISIT = "visit"
    PARTNER = "partner"
    """The organization confirmed its own record."""


class LocationType(enum.StrEnum):
    """HSDS 3.1 `location.location_type` and `address.address_type`."""

    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class PhoneType(enum.StrEnum):
    """RFC 6350's list, as HSDS asks, and the one messenger that services publish."""

    VOICE = "voice"
    TEXT = "text"
    FAX = "fax"
    CELL = "cell"
    VIDEO = "video"
    PAGER = "pager"
    TEXTPHONE = "textphone"
    WHATSAPP = "whatsapp"


class Gender(enum.StrEnum):
    """How a person describes themself; never guessed."""

    WOMAN = "woman"
    MAN = "man"
    TRANS_WOMAN = "trans_woman"
    TRANS_MAN = "trans_man"
    NON_BINARY = "non_binary"
    TWO_SPIRIT = "two_spirit"


class Exploitation(enum.StrEnum):
    """What a person was made to do, as far as they say."""

    SEX = "sex"
    LABOUR = "labour"

"""What organizations post and get, as the API describes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from intake.tip_fields import LONGEST_FIELD, LONGEST_WORDS

LONGEST_CONTACT = 200
_Field = Annotated[str, Field(max_length=LONGEST_FIELD)]
_Short = Annotated[str, Field(max_length=LONGEST_CONTACT)]
Closed = Literal["yes", "no", "unsure"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Contact(_Strict):
    """Who reports for their work and may be asked. Kept in the vault; nobody reads it unasked."""

    name: _Short = ""
    role: _Short = ""
    phone: _Short = ""
    email: _Short = ""


class TipIn(_Strict):
    """What was seen, in plain words. Leave out what is not known."""

    words: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_WORDS,
            pattern=r"[A-Za-z0-9\u00c0-\uffef]",
            description="What was seen; not who tells it.",
        ),
    ]
    ongoing: Annotated[Closed | None, Field(description="Is it happening now?")] = None
    child: Annotated[Closed | None, Field(description="Is a child at risk?")] = None
    where: _Field = ""
    when: _Field = ""
    at_risk: _Field = ""
    how_known: _Field = ""
    pass_on: Annotated[
        Closed | None, Field(description="May others, such as police, be told what was seen?")
    ] = None
    language: Annotated[Literal["en", "fr"] | None, Field(description="Language of the words.")] = (
        None
    )
    reference: Annotated[
        str, Field(max_length=LONGEST_CONTACT, description="Your own file number; in the vault.")
    ] = ""
    contact: Contact | None = None


class TipOut(BaseModel):
    """The same for every repeat of a post."""

    tip: Annotated[str, Field(description="The number by which the hotline calls it.")]
    receipt: Annotated[
        str,
        Field(description="Opens the tip on /report/return and on every channel: keep it safe."),
    ]
    received_at: Annotated[str, Field(description="UTC, ISO 8601.")]
    signed: Annotated[
        str,
        Field(
            description="Compact JWS (Ed25519) over tip, receipt, received_at and the SHA-256 of"
            " the body that was posted."
        ),
    ]


class Refusal(BaseModel):
    """Why not; never with anything that was sent."""

    error: Literal[
        "no_key",
        "unfit",
        "key_reused",
        "too_long",
        "too_many",
        "nothing_here",
        "down",
    ]


class Keys(BaseModel):
    """A JWK Set (RFC 7517)."""

    keys: list[dict[str, str]]

"""A safety plan: what a person and an advocate agree on, part by part, for who takes over next.

It is written down at the desk, is never sent, and goes with the words of the conversation. The
bot neither makes nor proposes one (domain.md section 1, rule 5).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST_PART = 500


class Part(enum.StrEnum):
    """The parts of a plan; a part that nobody spoke of is left out."""

    SAFE_PLACE = "safe_place"
    SAFE_PERSON = "safe_person"
    LEAVING = "leaving"
    TO_TAKE = "to_take"
    OTHERS = "others"
    PHONE = "phone"
    IF_FOUND_OUT = "if_found_out"


@dataclass(frozen=True)
class Plan:
    """The parts that were spoken of. Never printed: they hold words."""

    parts: Mapping[Part, str] = field(default_factory=dict, repr=False)

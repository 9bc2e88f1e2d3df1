"""The named refusals of the desk; none holds a person's words."""

from __future__ import annotations

from intake.errors import LineError


class UnfitText(LineError):
    """A reply, note or reason is empty or longer than allowed."""


class OptedOut(LineError):
    """The person told us to stop: nothing may be sent until they text START."""


class NotSafe(LineError):
    """The person said that texting is not safe: a reply needs a second look, or their next text."""


class NewMessage(LineError):
    """The person wrote after what the screen showed; look before you end this."""


class PlanMoved(LineError):
    """A colleague wrote the safety plan anew after what the screen showed."""


class TierMoved(LineError):
    """The tier is not what the screen showed; look again before you lower it."""


class NotLower(LineError):
    """Only a lower tier is a lowering."""


class OnceUsed(LineError):
    """This once-only key belongs to another message."""


class UnfitValue(LineError):
    """What was given cannot be used: a push service that is none, hours without an end."""


class NotOffered(LineError):
    """Nothing is offered to this advocate now: another has it, or time ran out."""


class Taken(LineError):
    """Another was faster, or the conversation waits no longer. `holder`: the shift name."""

    def __init__(self, holder: str | None) -> None:
        super().__init__("this conversation does not wait any more")
        self.holder = holder


class NotYours(LineError):
    """Only who holds the conversation may do this. `holder`: the shift name, if a human does."""

    def __init__(self, holder: str | None) -> None:
        super().__init__("you do not hold this conversation")
        self.holder = holder


class SignedOut(LineError):
    """Nobody is signed in with this browser, or it was idle too long."""


class NoRight(LineError):
    """The account's role does not allow this."""


class SecondFactorMissing(LineError):
    """The desk requires a second factor and the account has none yet."""


class WrongPassword(LineError):
    """No such account, a closed one, not its password or code: which of them is not told."""


class TooManyAttempts(LineError):
    """Too many wrong passwords; `wait_seconds` until another attempt is looked at."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__("too many attempts to sign in; wait and try again")
        self.wait_seconds = wait_seconds


class NoConsent(LineError):
    """Nothing allows this to leave. `why`: the code of what is missing (intake/consent.py)."""

    def __init__(self, why: str) -> None:
        super().__init__(f"nothing allows this to be told: {why}")
        self.why = why


class NoSuchEntry(LineError):
    """The ledger has no such row for this subject."""


class NotStanding(LineError):
    """This consent does not stand any more: it was taken back, replaced, or has ended."""


class NotTheirMessage(LineError):
    """The message that is said to hold the yes is not one of this person's."""


class UnfitTerms(LineError):
    """Consent or decision lacks what makes it one; the message says what."""


class OwnDecision(LineError):
    """A decision without consent is signed by another than who took it."""


class Answered(LineError):
    """The second person has answered already."""


class NoTranslation(LineError):
    """There is no helper, or it gave nothing. `why`: a code."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no translation: {why}")
        self.why = why

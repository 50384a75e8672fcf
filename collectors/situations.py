"""What can go wrong with a platform, named. Collectors raise these; only the flow decides to wait, skip or stop."""

from __future__ import annotations

from datetime import datetime


class Situation(Exception):
    """A source cannot go on. The message is one sentence for the operator: no token, no cookie, no citizen's text."""


class Unreachable(Situation):
    """A passing fault: no network, a broken answer, a server error. Trying again soon may help.

    ``billable``: the platform may have counted the request all the same (an answer that broke on its way).
    """

    def __init__(self, message: str, *, billable: bool = True) -> None:
        super().__init__(message)
        self.billable = billable


class RateLimited(Situation):
    """The platform asks for a pause; ``until`` is when it ends, None when it did not say."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class TurnedAway(RateLimited):
    """Refused without a reason: too many requests for this account, or a dead session. Asking who we are tells which."""


class BudgetSpent(Situation):
    """Our own daily budget for this source is used up; what is left unread is read on the next day."""


class CapReached(Situation):
    """The platform's monthly cap or the account's credit is used up: a person must act."""


class AccessRefused(Situation):
    """A token or session is missing, wrong or dead, or the account is challenged: a person must act."""


class AccountUnknown(Situation):
    """The platform does not know the watched account: tanggap.toml must be mended."""


class ClockWrong(Situation):
    """This machine's clock differs from the platform's: ages, days and budgets would be wrong."""


class RequestRefused(Situation):
    """The platform calls our request wrong; trying it again unchanged will not help."""


class SinceTooOld(RequestRefused):
    """The platform reaches less far back than our cursor asks for."""


class WorkerBusy(Situation):
    """Another process reads with the same account: two at once get it blocked, and their money cannot be told apart."""


class Resting(Situation):
    """The account was refused and rests; ``until`` is when it is tried again, None when a person must act first."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class ListCut(Situation):
    """A list ended before its own count: it is walked again."""


class NotThere(Situation):
    """The platform knows no such item, or does not show it to us."""

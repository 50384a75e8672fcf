"""How hard the Instagram account is used: its request budget, its circuit breaker with a slow recovery, its canary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from collectors import situations
from settings import InstagramSource
from triage.account_health import Circuit, read_circuit, requests_taken, save_circuit, take_requests
from triage.database import unit_of_work

SOURCE = "instagram"
BLOCK = 10  # requests taken at once: a kill forgets none and wastes at most these
FIRST_REST, LONGEST_REST = timedelta(minutes=30), timedelta(hours=24)
RECOVERY = 3  # good runs after a rest; each doubles the part of the budget that may be used: 1/8, 1/4, 1/2, all


class InstagramAccount:
    """One run's use of an account; each question is one unit of work."""

    def __init__(
        self, database: Path, limits: InstagramSource, name: str, session: str, now: Callable[[], datetime]
    ) -> None:
        self.database, self.limits, self.name, self._now = database, limits, name, now
        self._session = session  # its fingerprint
        self._left_in_block = self._sent = 0
        self.circuit = Circuit()

    @property
    def recovering(self) -> bool:
        return self.circuit.state == "recovering"

    def begin(self) -> None:
        """Raises Resting while the circuit is open; a rest that is over, or a new session, lets a part of the requests through."""
        with unit_of_work(self.database) as connection:
            circuit = read_circuit(connection, SOURCE, self.name)
            if circuit.state == "open":
                circuit = self._half_open(circuit)
                save_circuit(connection, SOURCE, self.name, circuit, self._now())
        self.circuit = circuit

    def take_request(self) -> None:
        """Count one request against the hour and the day before it leaves. Raises BudgetSpent."""
        if self._left_in_block == 0:
            with unit_of_work(self.database) as connection:
                hour, day = requests_taken(connection, SOURCE, self.name, self._now())
                room = min(self._share(self.limits.requests_per_day) - day, self.limits.requests_per_hour - hour, BLOCK)
                if room <= 0:
                    raise self._spent(day)
                take_requests(connection, SOURCE, self.name, room, self._now())
            self._left_in_block = room
        self._left_in_block -= 1
        self._sent += 1

    def end(self, fault: situations.Situation | None) -> None:
        """Give back what was not sent, and remember how the account was received."""
        with unit_of_work(self.database) as connection:
            if self._left_in_block:
                take_requests(connection, SOURCE, self.name, -self._left_in_block, self._now())
            circuit = self._after(fault)
            if circuit != self.circuit:
                save_circuit(connection, SOURCE, self.name, circuit, self._now())
        self._left_in_block, self.circuit = 0, circuit

    def _half_open(self, circuit: Circuit) -> Circuit:
        new_session = circuit.session != self._session
        if not new_session and (circuit.retry_at is None or self._now() < circuit.retry_at):
            raise _resting(circuit)
        return replace(circuit, state="recovering", recovery=RECOVERY, retry_at=None)

    def _after(self, fault: situations.Situation | None) -> Circuit:
        """A refusal opens the circuit, each in a row for twice as long; a good run is a step of the recovery."""
        circuit = self.circuit
        if isinstance(fault, situations.RateLimited | situations.AccessRefused):
            refusals = circuit.refusals + 1
            rest = min(FIRST_REST * 2 ** min(refusals - 1, 10), LONGEST_REST)
            until = getattr(fault, "until", None) or self._now() + rest
            return Circuit("open", refusals, RECOVERY, until, self._session, str(fault))
        well_received = fault is None or isinstance(fault, situations.BudgetSpent)
        if circuit.state == "closed" or not well_received or not self._sent:
            return circuit
        steps = circuit.recovery - 1
        return Circuit() if steps <= 0 else replace(circuit, recovery=steps)

    def _share(self, budget: int) -> int:
        return max(BLOCK, budget >> self.circuit.recovery) if self.recovering else budget

    def _spent(self, day: int) -> situations.BudgetSpent:
        allowed = self._share(self.limits.requests_per_day)
        if day < allowed:
            return situations.BudgetSpent(
                f"Instagram: this hour's {self.limits.requests_per_hour} requests are used up; "
                "the next run goes on, or raise requests_per_hour in tanggap.toml."
            )
        why = " of an account that was refused lately" if self.recovering else ""
        return situations.BudgetSpent(
            f"Instagram: today's {allowed} requests{why} are used up; "
            "the rest is read after 07:00 WIB, or raise requests_per_day in tanggap.toml."
        )


def _resting(circuit: Circuit) -> situations.Resting:
    until = f"until {circuit.retry_at:%Y-%m-%d %H:%M} UTC" if circuit.retry_at else "until a new session is imported"
    return situations.Resting(
        f"Instagram: the account rests {until} after {circuit.refusals} refusals in a row. {circuit.reason or ''}".rstrip(),
        circuit.retry_at,
    )

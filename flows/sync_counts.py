"""What a sync has found so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class SyncCounts:
    looked_up: int = 0
    gone: int = 0  # blanked
    edited: int = 0  # a new version of the same mention
    returned: int = 0  # shown again after they had been blanked

    def __str__(self) -> str:
        return f"{self.looked_up} looked up, {self.gone} gone, {self.edited} edited"

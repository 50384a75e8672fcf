"""Progress on the screen: bars on a terminal, one plain line a step elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

console = Console(stderr=True, highlight=False)


class Steps:
    """Named steps that say how far they are; safe to use from several threads."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}
        self._lock = Lock()

    def say(self, step: str, detail: str = "", *, done: bool = False, share: float | None = None) -> None:
        """Show where a step is, and how much of it is done where that is known; on a plain screen only its end is printed."""
        with self._lock:
            if self._progress is None:
                if done:
                    console.print(f"{step}: {detail}", markup=False)
                return
            if step not in self._bars:
                self._bars[step] = self._progress.add_task(step, total=None, detail=detail)
            self._progress.update(self._bars[step], detail=detail)
            if share is not None:
                self._progress.update(self._bars[step], total=1, completed=share)
            if done:
                self._progress.update(self._bars[step], total=1, completed=1)


@contextmanager
def steps() -> Iterator[Steps]:
    """Bars while the block runs when the screen is a terminal."""
    if not console.is_terminal:
        yield Steps(None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Steps(progress)

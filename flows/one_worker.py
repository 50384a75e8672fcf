"""One worker per account, by a file lock: two at once get an Instagram account blocked, and X's money could not be told apart."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from collectors import situations


def lock_file(source: str, secrets: Mapping[str, str], var: Path) -> Path:
    """Beside Instagram's session file, which is the account, whichever TANGGAP_HOME reads with it; else in var/."""
    session = Path(secrets.get("INSTAGRAM_SESSION_FILE") or "-").expanduser()
    if source == "instagram" and session.is_file() and os.access(session.parent, os.W_OK):
        return session.with_name(f"{session.name}.lock")
    return var / f"{source}.lock"


@contextmanager
def only_worker(source: str, file: Path) -> Iterator[None]:
    """Hold the lock while the block runs; the system lets go of it when the process dies. Raises WorkerBusy."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
            raise situations.WorkerBusy(
                f"{source}: process {holder} is reading with the same account; this run leaves it alone."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)

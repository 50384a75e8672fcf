"""`tanggap report --demo` from outside, first and again: seconds to each stage's end, Prefect's own start, peak memory.

Run: python -m benchmarks.report_run   (about two minutes; nothing is asserted)
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from settings import ROOT

EMPTY_FLOW = """
from pathlib import Path
from flows.prefect_environment import set_environment
set_environment(Path.cwd())
from prefect import flow
@flow
def nothing() -> int:
    return 0
nothing()
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copy(ROOT / "tanggap.toml", home)
        environment = os.environ | {"TANGGAP_HOME": folder, "PYTHONPATH": str(ROOT)}
        for name in ("first (empty home, trains the model)", "again"):
            stages(name, [sys.executable, "-m", "cli", "report", "--demo"], environment)
        for name in ("cold", "warm"):
            began = time.perf_counter()
            prefect_home = home / "prefect only"
            prefect_home.mkdir(exist_ok=True)
            subprocess.run([sys.executable, "-c", EMPTY_FLOW], cwd=prefect_home, env=environment, check=True)
            print(f"Prefect alone, an empty flow, {name}: {time.perf_counter() - began:.1f} s")
    print(f"peak memory of one process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


def stages(name: str, command: list[str], environment: dict[str, str]) -> None:
    """Print when each stage said that it was done: its line on stderr is the only thing looked at."""
    print(f"{name}:")
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        for line in run.stderr:
            print(f"  {time.perf_counter() - began:6.1f} s  {line.strip()[:70]}", flush=True)
    print(f"  {time.perf_counter() - began:6.1f} s  ended (exit code {run.returncode})")


if __name__ == "__main__":
    main()

"""`python -m tests.storm.one SOURCE SEED`: one seed in a process of its own, its result as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.storm.seeds import weather_seed

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="storm-") as folder:
        print(json.dumps(asdict(weather_seed(sys.argv[1], int(sys.argv[2]), Path(folder))), default=str))

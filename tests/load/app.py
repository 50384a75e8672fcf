"""The app alone, without a stand-in platform to start: `python -m tests.load.app HOME PORT`."""

from __future__ import annotations

import sys
from pathlib import Path

from serving.app import create_app
from serving.running import listening, run
from settings import load_settings

if __name__ == "__main__":
    with listening(int(sys.argv[2])) as bound:
        run(create_app(load_settings({"TANGGAP_HOME": str(Path(sys.argv[1]))}, demo=True)), bound)

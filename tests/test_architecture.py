"""The rooms keep to themselves, the lock is what pyproject.toml asks for, and nothing stands in the repository that must not."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from settings import ROOT

ROOMS = ("cases", "collectors", "classifiers", "learning", "triage", "review", "serving", "flows", "demo", "commands")
FORBIDDEN = {
    "cases": {
        "learning",
        "commands",
        "collectors",
        "classifiers",
        "triage",
        "review",
        "flows",
        "demo",
        "duckdb",
        "prefect",
    },
    "collectors": {"commands", "cases", "classifiers", "triage", "review", "flows", "demo", "duckdb", "prefect"},
    "classifiers": {
        "learning",
        "commands",
        "cases",
        "collectors",
        "triage",
        "review",
        "flows",
        "demo",
        "duckdb",
        "prefect",
    },
    "learning": {"commands", "collectors", "triage", "review", "flows", "serving", "demo", "duckdb", "prefect"},
    "triage": {"learning", "commands", "collectors", "classifiers", "review", "flows", "demo", "prefect"},
    "review": {"learning", "commands", "collectors", "classifiers", "flows", "demo", "duckdb", "prefect"},
    "flows": {"commands", "duckdb", "demo"},
    "commands": {"duckdb", "prefect"},
    "serving": {"commands", "collectors", "classifiers", "flows", "demo", "duckdb", "prefect"},
    "demo": {
        "commands",
        "cases",
        "collectors",
        "classifiers",
        "triage",
        "review",
        "flows",
        "duckdb",
        "prefect",
        "tweepy",
        "instaloader",
    },
}


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_one_way(room: str) -> None:
    files = sorted((ROOT / room).glob("**/*.py"))
    assert files
    crossing = {(file.name, name) for file in files for name in imports_of(file) if name in FORBIDDEN[room]}
    assert not crossing


def test_no_flow_file_shares_a_name_with_a_room() -> None:
    assert not {file.stem for file in (ROOT / "flows").glob("*.py")} & {*ROOMS, "data", "notebooks", "tests"}


def test_no_dumping_grounds() -> None:
    names = {file.stem for room in ROOMS for file in (ROOT / room).glob("**/*.py")}
    assert not names & {"utils", "util", "helpers", "common", "core", "base", "misc"}


def locked() -> dict[str, set[str]]:
    """Pinned versions by name, those whose marker holds on this Python."""
    pins: dict[str, set[str]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if re.match(r"^[A-Za-z0-9]", line):
            requirement = Requirement(line.rstrip(" \\"))
            if requirement.marker is None or requirement.marker.evaluate():
                (specifier,) = requirement.specifier
                pins.setdefault(canonicalize_name(requirement.name), set()).add(specifier.version)
    return pins


def wanted(requirement: Requirement, extras: frozenset[str] = frozenset({""})) -> bool:
    environment = {str(key): str(value) for key, value in default_environment().items()}
    return requirement.marker is None or any(
        requirement.marker.evaluate(environment | {"extra": extra}) for extra in extras | {""}
    )


def test_the_lock_is_what_pyproject_asks_for() -> None:
    """Walks the requirements from pyproject.toml through the installed metadata: nothing missing, nothing too much, nothing out of bounds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = locked()
    asked_for = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]
    todo = [requirement for requirement in asked_for if wanted(requirement)]
    seen: set[tuple[str, frozenset[str]]] = set()
    reached: set[str] = set()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{requirement} is not in requirements.lock: run make lock"
        (version,) = pins[name]
        assert requirement.specifier.contains(version, prereleases=True), (
            f"requirements.lock has {name} {version}, wanted {requirement}: run make lock"
        )
        reached.add(name)
        key = (name, frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            asked = (Requirement(text) for text in metadata.requires(name) or [])
            todo += [one for one in asked if wanted(one, frozenset(requirement.extras))]
    assert set(pins) - reached == set(), "requirements.lock holds packages nothing asks for: run make lock"


def test_the_lock_is_hashed_and_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.split("\n", 2)[2])
    assert all("--hash=sha256:" in block for block in blocks if re.match(r"^[A-Za-z0-9]", block))


def test_what_is_installed_is_what_is_locked() -> None:
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in metadata.distributions()}
    assert {name: installed.get(name) for name in locked()} == {name: version for name, (version,) in locked().items()}


def test_no_secret_no_machine_path_no_registry_in_the_repository() -> None:
    pattern = r"pypi\.org|pythonhosted\.org|registry\.npmjs|/work/[m]ain|BEGIN [A-Z ]*PRIVATE KEY|AAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{20}"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!tests/test_architecture.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""

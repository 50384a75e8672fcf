"""`make audit`: known vulnerabilities of the locked packages, and a bill of materials in var/. Exit 1 only for a vulnerability."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 300


def bill_of_materials(to: Path) -> int:
    """CycloneDX of what is installed, with licences and who needs whom; the number of its parts."""
    to.parent.mkdir(parents=True, exist_ok=True)
    command = ["cyclonedx_py", "environment", "--pyproject", "pyproject.toml", "--of", "JSON", "-o", str(to), sys.executable]  # fmt: skip
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, timeout=SECONDS)  # noqa: S603
    return len(json.loads(to.read_text(encoding="utf-8"))["components"])


def look_up() -> tuple[list[str], int, int]:
    """Vulnerabilities as lines, how many packages were looked up, and how many the service did not know."""
    command = ["pip_audit", "-r", "requirements.lock", "--disable-pip", "--no-deps", "--progress-spinner", "off", "-f", "json"]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return [], 0, 0
    packages = json.loads(done.stdout)["dependencies"] if done.stdout.startswith("{") else []
    known = [one for one in packages if "skip_reason" not in one]
    found = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version yet'}"
        for one in known
        for fault in one["vulns"]
    ]
    return found, len(known), len(packages) - len(known)


def main() -> int:
    to = ROOT / "var" / "sbom.cdx.json"
    print(f"{bill_of_materials(to)} packages are listed in {to.relative_to(ROOT)} (CycloneDX).")
    found, known, unknown = look_up()
    if not known:
        print("The vulnerability service could not be reached or knows none of the packages: nothing was looked up.")
        return 0
    print(f"{known} packages were looked up, {unknown} are unknown to the service, {len(found)} vulnerabilities:")
    print("\n".join(found) or "none")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

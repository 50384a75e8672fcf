"""tanggap.toml and the secrets: whatever is wrong is one sentence with the file, the line, the key and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import SettingsError, load_settings


def test_the_shipped_file_is_good(home: Path) -> None:
    settings = load_settings()
    assert settings.program.region == "32.16"
    assert settings.database == home / "var" / "triage.duckdb"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('region = "32.16"', 'region = "99.99"', r"line 6: program.region 99.99 is not a Kemendagri code"),
        ('region = "32.16"', "region = 32.16", r"line 6: program.region .*string"),
        (
            "capacity_per_day = 40",
            "capacity_per_day = 0",
            r"line 8: program.capacity_per_day .*greater than or equal to 1",
        ),
        ("capacity_per_day = 40", "kapasitas = 40", r"line 8: program.kapasitas is not a key Tanggap knows"),
        ("expected_share = 0.10", "expected_share = 10", r"line 9: program.expected_share .*less than 1"),
        ('"Asia/Jakarta"', '"Asia/Bekasi"', r"line 7: program.time_zone 'Asia/Bekasi' is not a time zone"),
        ("posts_per_day = 3000", "posts_per_day = 0", r"line 11: x is enabled with a daily budget of 0"),
        ("requests_per_day = 1500", "requests_per_day = 0", r"line 20: instagram is enabled with requests_per_day = 0"),
        ('id = "501001"', 'id = "qr.kabbekasi"', r"line 22: instagram.accounts.0.id .*pattern"),
        ("enabled = true", "enabled = false", r"no source is enabled"),
        ("[program]", "[program", r"not valid TOML: .*line 4"),
        ("[program]", "[programme]", r"program(me)? is (missing|not a key)"),
    ],
)
def test_a_fault_names_file_line_and_key(home: Path, before: str, after: str, said: str) -> None:
    file = home / "tanggap.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings()
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_id_twice_contradicts_itself(home: Path) -> None:
    file = home / "tanggap.toml"
    account = '{ handle = "qr.kabbekasi", id = "501001" }'
    file.write_text(file.read_text(encoding="utf-8").replace(account, f"{account}, {account}"), encoding="utf-8")
    with pytest.raises(SettingsError, match="names the id 501001 twice"):
        load_settings()


def test_a_missing_file_says_where_to_get_one(home: Path) -> None:
    (home / "tanggap.toml").unlink()
    with pytest.raises(
        SettingsError,
        match=r"tanggap\.toml is missing: copy the tanggap\.toml of the repository there, or set TANGGAP_HOME",
    ):
        load_settings()


def test_another_file_can_be_named(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = (home / "tanggap.toml").rename(tmp_path / "lain.toml")
    monkeypatch.setenv("TANGGAP_CONFIG", str(other))
    assert load_settings().config_file == other


def test_secrets_come_from_a_private_file_and_the_environment_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file = home / ".env"
    env_file.write_text("X_BEARER_TOKEN=from-file\nINSTAGRAM_USERNAME=desk\nOTHER=ignored\n")
    env_file.chmod(0o644)
    with pytest.raises(SettingsError, match="can be read by other users of this machine: run chmod 600"):
        load_settings()
    env_file.chmod(0o600)
    monkeypatch.setenv("X_BEARER_TOKEN", "from-environment")
    settings = load_settings()
    assert dict(settings.secrets) == {"X_BEARER_TOKEN": "from-environment", "INSTAGRAM_USERNAME": "desk"}
    assert "from-" not in repr(settings)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('id = "17841400000501001"', 'id = "@qr"', r"instagram_graph.accounts.0.id .*pattern"),
        ("hashtags = []", 'hashtags = ["#banjir"]', r"instagram_graph.hashtags.0 .*pattern"),
        ("hashtags = []", f"hashtags = {[f't{n}' for n in range(31)]}", r"instagram_graph.hashtags .*30 items"),
        ("x_posts_per_day = 2000", "x_posts_per_day = -1", r"sync.x_posts_per_day .*greater than or equal to 0"),
    ],
)
def test_a_fault_in_the_official_way_or_the_sync_is_named(home: Path, before: str, after: str, said: str) -> None:
    file = home / "tanggap.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(SettingsError, match=said):
        load_settings()

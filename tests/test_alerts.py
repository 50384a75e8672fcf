"""Alerts over real HTTP to a receiver on loopback: once each, counts and links only, and a dead channel stops nothing."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.alerting import alert_emergencies, channels, send_digest
from flows.doctor import _alerts
from flows.progress import Steps
from review.alert_words import emergency_words
from settings import App, Settings, load_settings
from tests.case_fixtures import new_case
from tests.review_rows import NOW, post, store
from tests.test_triage_casework import store as store_case
from triage.alerting import Emergency, take_alerts
from triage.database import prepare_database, unit_of_work
from triage.health import read_health

STEPS = Steps(None)
MORNING = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)  # 06.05 WIB on the 24th
SECRET = "kunci-rahasia-saluran"


class Receiver:
    """What came in, and how it is answered."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200

    def said(self) -> list[str]:
        return [f"{one['title']}\n{one['message']}" for one in self.messages]


@pytest.fixture
def receiver() -> Iterator[tuple[Receiver, str]]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept, f"json://127.0.0.1:{server.server_port}/{SECRET}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(
    settings: Settings, database: Path, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A demo that was asked to alert, at six in the morning, with one plain and one restricted emergency."""
    at_six(monkeypatch)
    rows = [
        post(1, "nenek saya sesak napas parah", urgency=2), post(2, "atap bocor", urgency=1), post(3, "dipukuli bapaknya", restricted=True, urgency=2)
    ]  # fmt: skip
    store(database, rows)
    store_case(database, *new_case(MORNING, urgency=2, mention_id="x:901"))
    store_case(database, *new_case(MORNING, urgency=2, restricted=True, category="kekerasan", mention_id="x:902"))
    store_case(database, *new_case(MORNING, urgency=1, mention_id="x:903"))
    return asked(settings, receiver[1])


def asked(settings: Settings, urls: str, **changes: Any) -> Settings:
    wanted = settings.alerts.model_copy(update={"demo": True} | changes)
    app = App(address="https://qr.example.go.id")
    return dataclasses.replace(settings, alerts=wanted, app=app, secrets={"TANGGAP_ALERT_URLS": urls})


def at_six(monkeypatch: pytest.MonkeyPatch, later: timedelta = timedelta(0)) -> None:
    monkeypatch.setattr("flows.alerting.utc_now", lambda: MORNING + later)


def test_each_alert_goes_out_once_with_counts_and_links_only(
    desk: Settings, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, _ = receiver
    assert alert_emergencies(desk, STEPS) == 1
    assert send_digest(desk, NOW.date(), STEPS) == 1
    at_six(monkeypatch, timedelta(hours=1))
    assert (alert_emergencies(desk, STEPS), send_digest(desk, NOW.date(), STEPS)) == (0, 0)
    emergency, digest = kept.said()
    with unit_of_work(desk.database) as connection:
        plain, hidden = [
            connection.execute("SELECT case_id FROM case_mentions WHERE mention_id = ?", [one]).fetchone()
            for one in ("x:901", "x:902")
        ]
    assert plain and hidden
    assert f"https://qr.example.go.id/kasus/{plain[0]}" in emergency and hidden[0] not in emergency
    assert "1 darurat terbatas" in emergency and "DARURAT: 2 kasus" in emergency
    assert "2 unggahan menunggu dibaca, 1 di antaranya mendesak." in digest and "Terbatas: 1 menunggu" in digest
    assert "https://qr.example.go.id/antrean" in digest and "2 kasus terbuka" in digest and "24 November 2026" in digest
    for words in ("sesak", "bocor", "dipukuli", "ekerasan", "seseorang"):
        assert words not in emergency + digest


def test_the_digest_waits_for_the_morning_and_its_own_day(
    desk: Settings, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_six(monkeypatch, -timedelta(minutes=30))
    assert send_digest(desk, NOW.date(), STEPS) == 0  # half past five
    at_six(monkeypatch)
    assert send_digest(desk, NOW.date() - timedelta(days=1), STEPS) == 0  # a report made again for yesterday
    quiet = asked(desk, receiver[1], digest=False, emergencies=False)
    assert (send_digest(quiet, NOW.date(), STEPS), alert_emergencies(quiet, STEPS)) == (0, 0)
    assert receiver[0].messages == []


def test_a_demo_sends_nothing_unless_asked(desk: Settings, receiver: tuple[Receiver, str]) -> None:
    silent = asked(desk, receiver[1], demo=False)
    assert channels(silent) == [] and channels(dataclasses.replace(silent, demo=False)) != []
    assert (alert_emergencies(silent, STEPS), send_digest(silent, NOW.date(), STEPS)) == (0, 0)
    assert receiver[0].messages == []


def test_a_dead_channel_is_said_and_tried_again_and_the_other_gets_one(
    desk: Settings, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    kept, url = receiver
    dead = f"json://127.0.0.1:9/{SECRET}"
    both = asked(desk, f"{dead}\n{url}")
    assert alert_emergencies(both, STEPS) == 1
    assert len(kept.messages) == 1
    health = read_health(both.database, MORNING)
    check = _alerts(both, health, MORNING)
    assert check.colour == "yellow" and "2 by json-" in check.said
    shown = caplog.text + capsys.readouterr().err + check.said
    assert "did not take it" in caplog.text and SECRET not in shown
    for hour in range(1, 9):  # tried again each hour, a few times
        at_six(monkeypatch, timedelta(hours=hour))
        alert_emergencies(both, STEPS)
    with unit_of_work(both.database) as connection:
        assert connection.execute("SELECT DISTINCT state, attempts FROM alerts ORDER BY ALL").fetchall() == [
            ("failed", 5),
            ("sent", 1),
        ]
    assert len(kept.messages) == 1


def test_an_answer_of_refusal_is_no_delivery(
    desk: Settings, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver[0].status = 500
    assert send_digest(desk, NOW.date(), STEPS) == 0
    receiver[0].status = 200
    at_six(monkeypatch, timedelta(minutes=30))
    assert send_digest(desk, NOW.date(), STEPS) == 1


def test_a_sending_that_was_killed_is_tried_again_after_a_while(desk: Settings) -> None:
    with unit_of_work(desk.database) as connection:
        assert take_alerts(connection, "digest", ["2026-11-24"], "c", MORNING) == ["2026-11-24"]
        assert take_alerts(connection, "digest", ["2026-11-24"], "c", MORNING + timedelta(minutes=5)) == []
        assert take_alerts(connection, "digest", ["2026-11-24"], "c", MORNING + timedelta(minutes=11)) == ["2026-11-24"]


def test_an_address_that_means_nothing_is_red_and_not_shown(desk: Settings) -> None:
    check = _alerts(asked(desk, f"entahlah://{SECRET}"), None, MORNING)
    assert check.colour == "red" and SECRET not in check.said + check.advice


def test_many_emergencies_are_one_short_message() -> None:
    title, text = emergency_words([Emergency(f"K-{number}", False) for number in range(12)], None)
    assert title == "DARURAT: 12 kasus" and "dan 2 lagi" in text and text.count("Kasus K-") == 10


def test_channels_come_from_secrets_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANGGAP_ALERT_URLS", "json://127.0.0.1:1/a  json://127.0.0.1:2/b")
    settings = load_settings()
    prepare_database(settings.database, demo=False)
    assert len(channels(settings)) == 2
    assert "127.0.0.1" not in repr(settings) + str([one.name for one in channels(settings)])

"""Each state is sent once to each destination, and what was not taken is sent again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.monitor.webhook import HIDDEN, TOKEN, Webhook
from tipoff.cli import app
from tipoff.errors import UsageError
from tipoff.forecast import reconcile
from tipoff.lake import Lake
from tipoff.monitor import (
    RULES,
    Alert,
    CheckContext,
    CheckedAlerts,
    check_alerts,
    send_test,
    standing_alerts,
)
from tipoff.settings import Settings, settings

MINUTES = timedelta(minutes=30)


def names(done: CheckedAlerts) -> list[tuple[str, str]]:
    return [(alert.rule, where) for alert, where in done.sent]


@pytest.fixture
def soon(tip: datetime) -> datetime:
    """Half an hour before tip-off."""
    return tip - MINUTES


def test_an_alert_reaches_every_destination_of_its_rule_with_the_same_words(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings, webhook: Webhook,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    with caplog.at_level(logging.WARNING, "tipoff.alerts"):
        done = check_alerts(lake, slate_day, soon, everywhere)
    assert names(done) == [("missing_slate", where) for where in ("log", "webhook", "file")]
    message = done.holding[0].as_dict() | {"simulated": True}
    assert [json.loads(record.message) for record in caplog.records] == [message]
    assert webhook.got == [{"alerts": [message]}]
    assert webhook.headers[0]["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(Path(everywhere.alert_file).read_text("utf-8")) == message


def test_one_state_is_told_once_and_again_after_it_was_over(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings, webhook: Webhook
) -> None:
    assert check_alerts(lake, slate_day, soon, everywhere).sent
    again = check_alerts(lake, slate_day, soon + MINUTES / 2, everywhere)
    assert (len(again.holding), again.sent, again.over) == (1, [], [])
    early = check_alerts(lake, slate_day, soon - 10 * MINUTES, everywhere)
    assert [kept.rule for kept in early.over] == ["missing_slate"]
    with lake.reading() as r:
        assert standing_alerts(r) == ()
    assert len(check_alerts(lake, slate_day, soon, everywhere).sent) == 3
    assert len(webhook.got) == 2


def test_a_check_that_finds_nothing_new_writes_nothing(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings
) -> None:
    check_alerts(lake, slate_day, soon, everywhere)
    before = lake.version()
    check_alerts(lake, slate_day, soon, everywhere)
    assert lake.version() == before


def test_a_check_of_one_date_says_nothing_of_other_dates(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings
) -> None:
    check_alerts(lake, slate_day, soon, everywhere)
    other = check_alerts(lake, slate_day + timedelta(days=90), soon, everywhere)
    assert (other.holding, other.over) == ([], [])


@pytest.mark.parametrize("broken", ["refuses", "is gone"])
def test_what_a_destination_did_not_take_is_told_at_the_next_check_and_only_there(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings, webhook: Webhook, broken: str
) -> None:
    webhook.status = 500
    gone = {} if broken == "refuses" else {"alert_webhook_url": "http://127.0.0.1:1/x"}
    first = check_alerts(lake, slate_day, soon, Settings(**everywhere.model_dump() | gone))
    assert names(first) == [("missing_slate", "log"), ("missing_slate", "file")]
    assert list(first.failed) == ["webhook"]
    webhook.status = 200
    assert names(check_alerts(lake, slate_day, soon, everywhere)) == [("missing_slate", "webhook")]


@pytest.mark.long
def test_publishing_ends_a_missing_slate(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings
) -> None:
    check_alerts(lake, slate_day, soon, everywhere)
    reconcile(lake, slate_day, models=["ewma_hl8"], markets=["points"])
    done = check_alerts(lake, slate_day, soon, everywhere)
    assert [kept.rule for kept in done.over] == ["missing_slate"]


def test_a_file_that_cannot_be_written_is_a_failed_delivery(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings, tmp_path: Path
) -> None:
    (tmp_path / "told").write_text("a file where the folder should be", encoding="utf-8")
    assert list(check_alerts(lake, slate_day, soon, everywhere).failed) == ["file"]


def test_a_test_goes_to_every_destination_in_use_and_is_not_remembered(
    everywhere: Settings, webhook: Webhook
) -> None:
    assert send_test(everywhere).destinations == {"file": "ok", "log": "ok", "webhook": "ok"}
    assert webhook.got[0]["alerts"][0]["rule"] == "test"
    webhook.status = 403
    assert send_test(everywhere).destinations["webhook"] == "the webhook answered 403"


BAD = {
    "a rule without a destination": {"alert_drift": " "},
    "an unknown destination": {"alert_drift": "pager"},
    "a webhook without a URL": {"alert_drift": "webhook"},
    "a file without a name": {"alert_decay": "log,file"},
}


@pytest.mark.parametrize("bad", BAD.values(), ids=list(BAD))
def test_a_rule_with_nowhere_to_send_stops_every_command_at_the_start(
    bad: dict[str, str], published_lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Incident 35: monitors with nowhere to send."""
    settings.cache_clear()
    for name, value in bad.items():
        monkeypatch.setenv(f"TIPOFF_{name.upper()}", value)
    with pytest.raises(UsageError) as refused:
        settings()
    assert refused.value.exit_code == 2
    assert "alert" in refused.value.message
    done = CliRunner().invoke(app, ["alerts", "list"])
    assert isinstance(done.exception, UsageError)
    settings.cache_clear()


def test_no_output_error_or_stored_row_names_the_webhooks_url_or_token(
    lake: Lake, slate_day: date, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.cache_clear()
    monkeypatch.setenv("TIPOFF_ALERT_GRADING_GAP", "webhook")
    monkeypatch.setenv("TIPOFF_ALERT_MISSING_SLATE", "webhook")
    monkeypatch.setenv("TIPOFF_ALERT_WEBHOOK_URL", webhook.url)
    monkeypatch.setenv("TIPOFF_ALERT_WEBHOOK_TOKEN", TOKEN)
    webhook.status = 500
    run = CliRunner()
    asked = ["--lake", lake.location, "alerts"]
    screens = [run.invoke(app, [*asked, *more]) for more in
             (["check", slate_day.isoformat()], ["check", slate_day.isoformat(), "--json"],
              ["test"], ["list"])]  # fmt: skip
    assert [done.exit_code for done in screens] == [3, 3, 3, 0]
    with lake.reading() as r:
        stored = r.rows("SELECT detail FROM ops.event")
    said = [done.output for done in screens]
    texts = [*said, repr(settings()), settings().scoring_json(), str(stored)]
    assert all(HIDDEN not in text and TOKEN not in text for text in texts)
    settings.cache_clear()


def test_alert_settings_change_no_forecast(everywhere: Settings) -> None:
    assert everywhere.scoring_json() == Settings().scoring_json()
    assert "alert" not in Settings().scoring_json()


@pytest.mark.parametrize("how", ["python", "sql"])
def test_a_rule_that_breaks_is_an_alert_itself_and_silences_no_other(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings,
    monkeypatch: pytest.MonkeyPatch, how: str,
) -> None:  # fmt: skip
    before = check_alerts(lake, slate_day, soon, everywhere)
    assert [alert.rule for alert in before.holding] == ["missing_slate"]

    def breaks(context: CheckContext, _settings: Settings) -> Iterator[Alert]:
        if how == "sql":
            context.r.rows("SELECT ln(-1)")
        raise KeyError("a column that went away")

    monkeypatch.setitem(RULES, "drift", breaks)
    done = check_alerts(lake, slate_day, soon, everywhere)
    assert [alert.rule for alert in done.holding] == ["missing_slate", "drift"]
    assert "could not be judged" in done.holding[1].summary
    assert ("OutOfRange" if how == "sql" else "KeyError") in done.holding[1].summary
    assert names(done) == [("drift", "log")]
    assert not done.over
    assert not check_alerts(lake, slate_day, soon, everywhere).sent

    monkeypatch.undo()
    mended = check_alerts(lake, slate_day, soon, everywhere)
    assert "drift" in {kept.rule for kept in mended.over}


def test_a_rule_that_breaks_does_not_end_what_it_told_before(
    lake: Lake, slate_day: date, soon: datetime, everywhere: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert check_alerts(lake, slate_day, soon, everywhere).sent

    def breaks(_context: CheckContext, _settings: Settings) -> Iterator[Alert]:
        raise KeyError("a column that went away")

    monkeypatch.setitem(RULES, "missing_slate", breaks)
    assert check_alerts(lake, slate_day, soon, everywhere).over == []

"""Hostile words on the command line: a documented exit code, no traceback, and nothing changed."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.robust.hostile import NOT_PLAIN, PRINTED_AS_THEY_ARE
from tipoff.cli import main
from tipoff.lake import Lake
from tipoff.settings import settings

WORDS = ("'; DROP TABLE forecast.run; --", "../../etc/passwd", "%", "", "\udcff", "\x1b[31mred",
         "nan", "9" * 400, "²", "[red]x[/red]", "x" * 100_000, "9999-12-31")  # fmt: skip
LOOKS = (
    "slate {}", "slate DATE --market {}", "slate DATE --model {}", "player {} DATE", "player a {}",
    "explain {} DATE",
    "reproduce {}", "diff {} 1 DATE", "grade {}", "scoreboard --record {}", "scoreboard --from {}",
    "models show {}", "models list --on {}", "models retire {} --reason x",
    "models retire line --reason x --market {}", "models retire line --reason {}",
    "models promote {} --reason x", "train {}", "train season_mean --through {}",
    "run DATE --market {}", "run DATE --model {}", "run DATE --as-of {}", "run DATE --mode {}",
    "regenerate DATE --reason {}", "bets DATE --market {}", "bets DATE --as-of {}",
    "bets DATE --bankroll {}", "bets DATE --min-ev {}", "price {} DATE", "price a DATE --line {}",
    "legs {} {} DATE", "legs x:points:over:{} y:points:over:1 DATE", "breakouts {}", "doctor {}",
    "backtest --from {} --to DATE", "backtest --from DATE --to DATE --model {}", "import {}",
    "scoreboard --backtest {}", "models promote line --reason x --evidence {}",
    "simulate new --seed {}", "simulate new --start-season {}",
)  # fmt: skip
HARMLESS = {
    "regenerate DATE --reason {}", "models retire line --reason {}",
    "scoreboard --from {}", "models list --on {}", "run DATE --as-of {}", "simulate new --seed {}",
    "bets DATE --as-of {}", "doctor {}",
}  # fmt: skip
"""Commands to which some of the words are an ordinary answer."""


def tipoff(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `tipoff WORDS` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", ["tipoff", *words])
        try:
            main()
        except SystemExit as left:
            return int(left.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def _newest(lake: Path) -> int:
    with Lake.open(lake) as opened, opened.reading() as r:
        return r.newest_seq()


@pytest.fixture
def at_home(
    published: Lake, slate_day: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> date:
    """A folder of one's own, the published lake being the default; the date of its slate."""
    monkeypatch.setenv("TIPOFF_LAKE", published.location)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    return slate_day


@pytest.mark.long
def test_every_hostile_word_is_refused_by_every_command_and_nothing_is_stored(
    at_home: date, published: Lake, tmp_path: Path
) -> None:
    before, files = _newest(Path(published.location)), sorted(tmp_path.iterdir())
    wrong = []
    for number, look in enumerate(LOOKS):
        if look in HARMLESS:
            continue
        for word in WORDS[number % 3 :: 3]:
            words = [part.format(word) for part in look.replace("DATE", str(at_home)).split()]
            code, out, err = tipoff(*words)
            said = f"{look} with {word[:20]!a}: {code} {out[-300:]} {err[-300:]}"
            if not (
                code in (1, 2) and out == "" and "rror: " in err and len(err) < 10_000
                and not set(err) & {"\x1b", "\u202e", "\x00"}
            ):  # fmt: skip
                wrong.append(said)
    assert wrong == []
    assert _newest(Path(published.location)) == before
    assert sorted(tmp_path.iterdir()) == files


def test_reasons_and_roles_that_are_refused_leave_no_mark(at_home: date, published: Lake) -> None:
    before = _newest(Path(published.location))
    for reason in ("", " ", "a\nb", "\x1b[2J", "x" * 501):
        for words in (
            ["regenerate", str(at_home), "--reason", reason],
            ["models", "retire", "line", "--reason", reason],
            ["models", "promote", "line", "--reason", reason, "--to", "shadow"],
        ):
            code, _out, err = tipoff(*words)
            assert (code, "reason" in err) == (2, True), (words, err)
    assert _newest(Path(published.location)) == before


@pytest.mark.long
def test_hostile_names_that_were_stored_are_shown_letter_by_letter(
    at_home: date, published: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name in (*PRINTED_AS_THEY_ARE, *NOT_PLAIN) if len(name) < 26]
    _rename(published, names)
    monkeypatch.setenv("COLUMNS", "300")
    code, out, _err = tipoff("slate", str(at_home), "--market", "points", "--all", "--refusals")
    assert code == 0
    assert not set(out) & {"\x1b", "\u202e", "\x00", "\x07"}
    for name in PRINTED_AS_THEY_ARE:
        if name in names:
            assert name in out, name
    assert "\\x1b[31mred" in out
    code, out, _err = tipoff("slate", str(at_home), "--json")
    assert set(names) <= {p["player"] for p in json.loads(out)["predictions"]}


def _rename(lake: Lake, names: list[str]) -> None:
    sql = "SELECT DISTINCT player_key FROM forecast.prediction ORDER BY 1"
    with lake.reading() as r:
        keys = [key for (key,) in r.rows(sql)]
    assert len(keys) >= len(names)
    for name, key in zip(names, keys, strict=False):
        lake.write(
            lambda w, name=name, key=key: w.rows(  # type: ignore[misc]
                "UPDATE forecast.prediction SET player = $name WHERE player_key = $key",
                {"name": name, "key": key},
            )
        )


def test_an_output_that_cannot_spell_a_name_gets_an_escape_and_no_traceback(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tipoff", "slate", "Dončić"],
        cwd=tmp_path, env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": _path()},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error: 'Don\\u010di\\u0107' is not a date")


def _path() -> str:
    return str(Path(sys.modules["tipoff"].__file__ or "").parents[1])


@pytest.mark.parametrize(
    "lake", ["~nobody-of-that-name/lake", "x" * 300, "x" * 5000, "a/" * 3000, "odd\x00name"]
)
def test_a_lake_no_folder_can_be_called_is_a_usage_error(lake: str) -> None:
    code, out, err = tipoff("--lake", lake, "doctor")
    assert (code, out) == (2, "")
    assert "cannot be a lake" in err
    assert len(err) < 500

"""How the command line answers people: typos, dates left out, failures as JSON, usual options."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

import tipoff
from tests.cli.test_help import LEAVES
from tests.robust.test_command_line import tipoff as call
from tipoff import clock
from tipoff.lake import Lake
from tipoff.settings import settings


@pytest.fixture
def player(published_lake: Path, slate_day: date, monkeypatch: pytest.MonkeyPatch) -> str:
    """The published lake is the default, today is its slate's date; a player with a points line."""
    monkeypatch.setenv("TIPOFF_LAKE", str(published_lake))
    monkeypatch.setattr(clock, "now", lambda: clock.eastern(slate_day, 23))
    settings.cache_clear()
    sql = """SELECT player FROM forecast.current_prediction WHERE market = 'points'
             AND role = 'champion' AND line IS NOT NULL ORDER BY player LIMIT 1"""
    with Lake.open(published_lake) as lake, lake.reading() as r:
        return str(r.value(sql))


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("slat", "slate"), ("scorebord", "scoreboard"), ("models promot x", "promote"),
        ("slate --marke pts", "--market"), ("slate --market pionts", "points"),
        ("slate --model catbost_v9", "catboost_v9"), ("scoreboard --model emwa_hl8", "ewma_hl8"),
        ("bets --market rebound", "rebounds"), ("run --model seasonmean", "season_mean"),
        ("train catbost_v9 --through yesterday", "catboost_v9"),
        ("models show catboost_v", "catboost_v9"),
        ("backtest --from today --to today --market asists", "assists"),
        ("slate yesterdy", "yesterday"), ("doctor tomorow", "tomorrow"),
        ("bets 2025-1-1", "2025-01-01"), ("slate 01/10/2025", "2025-01-10"),
        ("slate 20200110 --market pionts", "points"), ("explain x --market rebonds", "rebounds"),
        ("models promote x --reason y --market asist", "assists"), ("price x --lin 9.5", "--line"),
    ],
)  # fmt: skip
def test_a_typo_ends_in_a_suggestion_and_exit_code_2(player: str, words: str, meant: str) -> None:
    code, out, err = call(*words.split())
    assert (code, out) == (2, "")
    assert re.search(rf"[Dd]id you mean [^?]*{meant}[^?]*\?", err), err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("price PLAYER --market pts --market reb", "--market"),
        ("explain PLAYER --market pts --market pts", "--market"),
        ("models promote line --reason x --market pts --market reb", "--market"),
        ("slate --model line --model last_5", "--model"),
        ("bets --as-of 2025-01-10T00:00:00Z --as-of 2025-01-11T00:00:00Z", "--as-of"),
        ("price PLAYER --over-price 120", "--line"), ("price PLAYER --under-price -120", "--line"),
        ("slate 2025-13-01", "YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_what_is_given_twice_or_by_half_is_refused_with_what_to_write(
    player: str, words: str, named: str
) -> None:
    code, out, err = call(*(player if word == "PLAYER" else word for word in words.split()))
    assert (code, out) == (2, "")
    assert named in err
    assert "next: " in err


@pytest.mark.parametrize("name", ["3s", "reb+ast", "threes made", "Player_Points"])
def test_a_market_is_known_by_what_people_write(player: str, name: str) -> None:
    assert call("slate", "--market", name, "--json")[0] == 0


def test_a_misspelled_setting_suggests_the_one_there_is(
    player: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line, meant in (('plugin = ["a:B"]', "plugins"), ("kely_cap = 0.1", "kelly_cap")):
        (tmp_path / "tipoff.toml").write_text(line, "utf-8")
        monkeypatch.setenv("TIPOFF_CONFIG", str(tmp_path / "tipoff.toml"))
        settings.cache_clear()
        code, out, err = call("slate")
        assert (code, out) == (2, "")
        assert f"did you mean {meant}" in err


def test_help_names_a_value_by_its_word_and_no_type_of_python(player: str) -> None:
    typed = {name: types for name in LEAVES
             if (types := re.findall(r"<\w+\[\w+\]>", call(*name.split(), "-h")[1]))}  # fmt: skip
    assert typed == {}


def test_a_misspelled_player_suggests_theirs_to_every_question(player: str) -> None:
    near = player[:-1] + "zz"
    for words in (["player", near], ["why", near], ["price", near], ["explain", near],
                  ["legs", f"{near}:pts:over:1", f"{player}:pts:over:1"]):  # fmt: skip
        for day in ("today", "20200110"):  # a date without a slate, too
            code, out, err = call(*words, day)
            assert (code, out) == (2, ""), words
            assert player in err


def test_the_date_comes_last_and_is_today_when_it_is_left_out(player: str, slate_day: date) -> None:
    legs = (f"{player}:pts:over:9.5", f"{player}:reb:under:6.5")
    for words in (["player", player], ["why", player], ["price", player, "--line", "9.5"],
                  ["slate"], ["explain", player, "--market", "PTS"], ["bets"],
                  ["legs", *legs]):  # fmt: skip
        given = [*words[:1], *words[1 : 3 if words[0] == "legs" else 2], f"{slate_day:%Y%m%d}",
                 *words[3 if words[0] == "legs" else 2 :]]  # fmt: skip
        bare, dated = call(*words, "--json"), call(*given, "--json")
        assert bare[0] == 0, bare
        assert bare == dated


def test_explaining_a_player_explains_the_champions_prediction(player: str) -> None:
    by_name = json.loads(call("explain", player, "--market", "points", "--json")[1])
    chosen = by_name["prediction"]
    assert (chosen["player"], chosen["market"]) == (player, "points")
    assert by_name["model"]["role"] == "champion"
    by_id = json.loads(call("explain", chosen["prediction_id"], "--json")[1])
    assert by_id["prediction"] == chosen


def test_a_players_forecast_by_any_model_is_explained_by_its_name(player: str) -> None:
    asked = ("explain", player, "--market", "points", "--model")
    of_another = json.loads(call(*asked, "ewma_hl8", "--json")[1])
    chosen = of_another["prediction"]
    assert (chosen["player"], chosen["model"]) == (player, "ewma_hl8")
    code, _, err = call(*asked, "ewma_hl88")
    assert (code, "ewma_hl8" in err) == (2, True)


def test_several_markets_may_be_named_in_any_spelling(player: str) -> None:
    code, out, _ = call("slate", "--market", "pts", "--market", "P+R+A", "--json")
    assert code == 0
    assert {p["market"] for p in json.loads(out)["predictions"]} == {"points", "pra"}


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        ("slat --json", "UsageError", 2), ("slate --marke x --json", "UsageError", 2),
        ("slate 2025-13-01 --json", "UsageError", 2), ("slate 2020-01-10 --json", "NotFound", 1),
        ("price --json", "UsageError", 2), ("--lake nowhere slate --json", "NotFound", 1),
    ],
)  # fmt: skip
def test_with_json_a_failure_is_one_object_with_the_same_exit_code(
    player: str, words: str, kind: str, code: int
) -> None:
    left, out, err = call(*words.split())
    error = json.loads(out)["error"]
    assert err == ""
    assert (left, error["exit_code"], error["kind"]) == (code, code, kind)
    assert error["message"]
    assert error["next_step"]
    plain = call(*[w for w in words.split() if w != "--json"])
    assert (plain[0], plain[1]) == (code, "")
    assert error["message"].splitlines()[0] in plain[2]


def test_a_shell_is_given_the_words_that_complete_what_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("_TIPOFF_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "tipoff scor")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert call()[:2] == (0, "scoreboard\n")


def test_help_and_version_have_their_usual_names() -> None:
    assert call("--version") == (0, f"tipoff {tipoff.__version__}\n", "")
    assert call("slate", "-h") == call("slate", "--help")
    code, out, err = call()
    assert (code, out) == (2, "")
    assert err.startswith("Usage: tipoff ")

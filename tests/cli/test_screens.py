"""Every screen that reads a lake fits 80 columns, and uses more where there are more."""

from __future__ import annotations

import pytest

import tipoff
from tests.cli.test_help import LEAVES
from tests.first_edition import unpacked
from tests.long import sampled
from tests.robust.test_command_line import tipoff as call
from tipoff.cli.slate import line_text
from tipoff.settings import settings

DAY = "2024-11-12"
WRITING = {"demo", "simulate", "import", "run", "regenerate", "train", "backtest", "lake clean",
           "lake compact", "models promote", "models retire", "alerts check",
           "alerts test"}  # fmt: skip
SCREENS = (
    "slate DAY --all", "slate DAY --refusals --all-models", "slate DAY --at 2199-12-30T00:00:00Z",
    "player PLAYER DAY --all", "explain PLAYER DAY", "explain PLAYER DAY --sources",
    "explain PLAYER DAY --market pra", "reproduce PREDICTION", "diff 1 1 DAY", "grade DAY",
    "scoreboard --record backfill", "scoreboard", "scoreboard --backtest FILE --min-games 0",
    "doctor", "doctor DAY", "bets DAY --min-ev -1", "bets DAY --alternates --all --bankroll 1000",
    "price PLAYER DAY", "price PLAYER DAY --line 9.75", "why PLAYER DAY",
    "legs PLAYER:pts:over:9.75 PLAYER:reb:under:4.5 DAY", "breakouts DAY", "impact LINE",
    "models list --on DAY", "models show champion_line", "models show catboost_v9",
    "models review --on DAY", "lake check", "runs", "runs list DAY", "runs show RUN", "alerts list",
)  # fmt: skip


SHORT = ("slate DAY --all", "player PLAYER DAY --all", "explain PLAYER DAY", "doctor DAY", "runs",
         "price PLAYER DAY", "models list --on DAY")  # fmt: skip


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the words in capitals stand for, of the lake of the first edition, which is chosen."""
    folder = tmp_path_factory.mktemp("screens")
    lake = unpacked(folder)
    with tipoff.open(lake) as t:
        slate = t.slate(DAY, markets="points")
        lined = next(p for p in slate.predictions if p.line is not None and p.model)
        t.backtest(DAY, DAY, markets="points", out=folder / "b.parquet", work=folder / "work")
        line = t.explain(lined.prediction_id).lines[0].fact_id
    return {"LAKE": str(lake), "DAY": DAY, "PLAYER": lined.player, "LINE": line,
            "PREDICTION": lined.prediction_id, "RUN": slate.run_id,
            "FILE": str(folder / "b.parquet")}  # fmt: skip


def screen(words: dict[str, str], asked: str, columns: int) -> list[str]:
    """The lines of what a command prints; tells which it was when it fails."""
    parts = asked.split()
    for name, meant in words.items():
        parts = [meant if part == name else part.replace(f"{name}:", f"{meant}:") for part in parts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setenv("TIPOFF_LAKE", words["LAKE"])
        settings.cache_clear()
        code, out, err = call(*parts)
    assert code in (0, 1), err
    assert out, err
    return out.splitlines()


@pytest.mark.parametrize("asked", sampled(SCREENS, lambda asked: asked in SHORT))
def test_no_line_of_a_screen_is_wider_than_80_columns_nor_coloured(
    words: dict[str, str], asked: str
) -> None:
    lines = screen(words, asked, 80)
    copied = [line for line in lines if line.lstrip().startswith("next")]
    assert [line for line in lines if len(line) > 80 and line not in copied] == []
    assert [line for line in lines if "\x1b" in line] == []


def test_every_command_that_reads_is_among_the_screens() -> None:
    asked = {name for look in SCREENS for name in LEAVES if f"{look} ".startswith(f"{name} ")}
    assert asked == set(LEAVES) - WRITING


@pytest.mark.parametrize(
    ("asked", "column"),
    [("slate DAY", "id"), ("models list --on DAY", "from")],
)
@pytest.mark.long
def test_a_wide_screen_shows_what_a_narrow_one_leaves_out(
    words: dict[str, str], asked: str, column: str
) -> None:
    def heads(columns: int) -> list[str]:
        lines = [line for line in screen(words, asked, columns) if column in line.split()]
        assert max(map(len, screen(words, asked, columns))) <= columns
        return lines

    assert heads(140)
    assert not heads(80)


@pytest.mark.parametrize(
    ("line", "text"), [(17.75, "17.75"), (17.5, "17.5"), (17.0, "17.0"), (None, "-")]
)
def test_a_line_keeps_its_decimals(line: float | None, text: str) -> None:
    assert line_text(line) == text


def test_in_a_pipe_a_sentence_stays_one_line(
    words: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    _, out, _ = call("--lake", words["LAKE"], "bets", DAY, "--min-ev", "-1")
    assert "no profit is proven (tipoff scoreboard)." in out

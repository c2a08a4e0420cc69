"""What a terminal is shown: every letter of a name, and nothing that it would act on."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from rich.table import Table

from tests.robust.hostile import NOT_PLAIN, PRINTED_AS_THEY_ARE, texts
from tipoff.cli.common import ErrorsToExitCodes, console
from tipoff.errors import UsageError
from tipoff.texts import LONGEST, checked_reason, printable, shortened

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CLI = Path(sys.modules["tipoff.cli.common"].__file__ or "").parent


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of colours that is wide enough for every line."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "2000")
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.parametrize("name", PRINTED_AS_THEY_ARE)
def test_a_name_is_shown_letter_by_letter_and_colours_nothing(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = Table("player", box=None)
    table.add_row(name)
    out = console()
    out.print(f"{name} refused", highlight=False)
    out.print(table)
    out.headline(name, f" vs {name}")
    with out.status("x"):
        pass
    said = capsys.readouterr().out
    first, _head, row, bold = said.split("\n")[:4]
    assert first == f"{name} refused"
    assert COLOUR.sub("", row).strip() == name
    assert COLOUR.sub("", bold) == f"{name} vs {name}"
    assert bold.startswith(f"\x1b[1m{name}\x1b[0m")


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_a_terminal_would_act_on_is_spelled_out(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = Table("player", box=None)
    table.add_row(name)
    console().print(name, table, highlight=False)
    console().headline(name, name)
    with pytest.raises(SystemExit), ErrorsToExitCodes():
        raise UsageError(f"no such player: {name}", f"tipoff player {name}")
    said = capsys.readouterr()
    screen = COLOUR.sub("", said.out) + said.err
    assert printable(screen) == screen
    odd = next((c for c in name if printable(c) != c), None)
    if odd is not None:
        assert printable(odd) in said.err


@settings(max_examples=150, deadline=None)
@given(texts)
def test_what_is_printable_stays_and_printing_twice_changes_nothing_more(text: str) -> None:
    text_out = printable(text)
    assert printable(text_out) == text_out
    assert "\x1b" not in text_out
    assert "\u202e" not in text_out
    assert text_out == text or len(text_out) > len(text)


def test_a_progress_text_is_no_markup_either(capsys: pytest.CaptureFixture[str]) -> None:
    from tipoff.cli.terminal import plain

    assert plain("[red]x[/red] \x1b[0m").plain == "[red]x[/red] \\x1b[0m"


def test_an_error_that_quotes_megabytes_is_cut_in_the_middle(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit), ErrorsToExitCodes():
        raise UsageError("start " + "x" * 10_000_000 + " end")
    said = capsys.readouterr().err
    assert len(said) < 5_000
    assert said.startswith("error: start x")
    assert said.rstrip().endswith("x end")
    assert "9,996,010 characters" in said


def test_a_text_is_shortened_only_when_it_is_too_long() -> None:
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcdefgh", 4) == "ab … 4 characters … gh"


def test_a_reason_is_one_line_of_plain_text() -> None:
    assert checked_reason("x" * LONGEST) == "x" * LONGEST
    for bad in ("", "  ", "x" * (LONGEST + 1), *NOT_PLAIN, "\udcff"):
        with pytest.raises(UsageError, match="reason"):
            checked_reason(bad)


def test_no_command_writes_markup() -> None:
    marked = {
        path.name: markup
        for path in CLI.glob("*.py")
        if (markup := re.findall(r"\[/[a-z ]*\]", path.read_text("utf-8")))
    }
    assert marked == {}

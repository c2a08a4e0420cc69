"""The command line. Heavy libraries are imported inside commands: `--help` stays instant."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer

from tipoff import __version__
from tipoff.cli import alerts, models, runs
from tipoff.cli import lake as lake_commands
from tipoff.cli.backtest import backtest
from tipoff.cli.bets import bets
from tipoff.cli.breakouts import breakouts
from tipoff.cli.common import ErrorsToExitCodes
from tipoff.cli.demo import demo
from tipoff.cli.diff import diff
from tipoff.cli.doctor import doctor
from tipoff.cli.explain import explain
from tipoff.cli.grade import grade
from tipoff.cli.hiding import hide_pandas
from tipoff.cli.impact import impact
from tipoff.cli.imports import import_folder
from tipoff.cli.once import Commands
from tipoff.cli.player import player
from tipoff.cli.price import legs, price
from tipoff.cli.reproduce import reproduce
from tipoff.cli.run import regenerate, run
from tipoff.cli.scoreboard import scoreboard
from tipoff.cli.simulate import simulate
from tipoff.cli.slate import slate
from tipoff.cli.train import train
from tipoff.cli.why import why
from tipoff.errors import UsageError

app = Commands(
    name="tipoff",
    help="NBA player-prop forecasts that can be trusted: reproducible, graded, or refused.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo, "simulate": simulate, "import": import_folder, "run": run, "slate": slate,
    "player": player, "regenerate": regenerate, "explain": explain, "reproduce": reproduce,
    "diff": diff, "grade": grade, "scoreboard": scoreboard, "train": train,
    "backtest": backtest, "doctor": doctor,
    "bets": bets, "price": price, "legs": legs,
    "breakouts": breakouts,
    "why": why, "impact": impact,
}  # fmt: skip
"""Command name -> function, in the order of `tipoff --help`; each has a page in docs/."""

for _name, _function in COMMANDS.items():
    app.command(_name)(_function)
app.add_typer(models.app, name="models")
app.add_typer(lake_commands.app, name="lake")
app.add_typer(runs.app, name="runs")
app.add_typer(alerts.app, name="alerts")

_COMPLETE = "_TIPOFF_COMPLETE"
"""The variable by which a shell asks for words to complete."""


def _complete(ctx: typer.Context, option: typer.CallbackParam, asked: bool) -> None:
    if asked:
        # Typer's own, whose import is a twentieth of `--help`: only for who asks.
        from typer import completion

        install = "--install-completion" in option.opts
        (completion.install_callback if install else completion.show_callback)(ctx, option, asked)


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"tipoff {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    lake: Annotated[
        str | None, typer.Option(help="Folder of the lake (else TIPOFF_LAKE, ./tipoff-lake).")
    ] = None,
    _install: Annotated[
        bool,
        typer.Option("--install-completion", callback=_complete, help="Complete words with Tab."),
    ] = False,
    _show: Annotated[
        bool,
        typer.Option("--show-completion", callback=_complete, help="Show what that installs."),
    ] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show it and exit."),
    ] = False,
) -> None:
    ctx.obj = {"lake": lake}


def main() -> None:
    """Run the command line; tipoff's errors become a message, a next step and an exit code."""
    # Importing makes millions of objects that live until the end: collecting them on the way
    # costs a tenth of a command.
    gc.set_threshold(200_000, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot spell a name gets an escape, not a traceback.
            stream.reconfigure(errors="backslashreplace")
    with ErrorsToExitCodes(as_json="--json" in sys.argv):
        _check_encoding(sys.argv)
        if _COMPLETE in os.environ:
            from typer.completion import get_completion_inspect_parameters

            get_completion_inspect_parameters()  # which registers the shells
        code = app(prog_name="tipoff", standalone_mode=False)
    if code:
        raise SystemExit(code)


def _check_encoding(words: list[str]) -> None:
    """Bytes that are not UTF-8 reach Python as lone surrogates, which nothing further can take."""
    for word in words:
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            raise UsageError(f"{word!a} is not UTF-8", "write it in UTF-8")


def command() -> NoReturn:
    """The `tipoff` process: `main` without pandas, and out at once.

    By then the lake is closed and everything said. Taking the libraries down again, object by
    object, would be a twelfth of a run, for memory the system takes back anyway.
    """
    hide_pandas()
    code: object = 0
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)

"""The command line. Heavy libraries are imported inside commands: `--help` stays instant."""

from __future__ import annotations

import gc
import os
import sys
from collections import UserDict
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

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

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter


class _ByName(UserDict[str, Any]):
    """Name -> command, built when it is asked for: building one reads the types of its function,
    and to build all of them was a quarter of `tipoff --help`."""

    def __getitem__(self, name: str) -> Any:
        """The command. Raises KeyError."""
        part = self.data[name]
        if not isinstance(part, TyperCommand | TyperGroup):
            alone = Commands(rich_markup_mode=None)
            if isinstance(part, typer.Typer):
                alone.add_typer(part, name=name)
            else:
                alone.command(name)(part)
            self.data[name] = part = get_group(alone).commands[name]
        return part


class _Group(TyperGroup):
    """`tipoff` itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _ByName(COMMANDS | GROUPS)

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002
        """Their names."""
        return list(self.commands)

    def format_commands(
        self,
        ctx: Context,  # noqa: ARG002
        formatter: HelpFormatter,
    ) -> None:
        """The names, each with the first line of its help; no command is built for that."""
        lines = {name: (function.__doc__ or "") for name, function in COMMANDS.items()}
        lines |= {name: str(group.info.help) for name, group in GROUPS.items()}
        with formatter.section("Commands"):
            formatter.write_dl([(name, text.partition("\n")[0]) for name, text in lines.items()])


app = Commands(
    name="tipoff",
    cls=_Group,
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

GROUPS: dict[str, typer.Typer] = {
    "models": models.app, "lake": lake_commands.app, "runs": runs.app, "alerts": alerts.app,
}  # fmt: skip
"""The same of commands that have commands."""

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

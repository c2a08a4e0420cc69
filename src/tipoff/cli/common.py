"""What every command shares: the lake, JSON or human output, progress, errors to exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from tipoff.cli.hiding import pandas_visible
from tipoff.clock import parse_date
from tipoff.errors import TipoffError, UsageError
from tipoff.suggest import did_you_mean
from tipoff.texts import printable, shortened

if TYPE_CHECKING:
    from tipoff.app import Tipoff
    from tipoff.cli.terminal import PlainConsole
    from tipoff.results.base import Result

MESSAGE = 4_000
"""Characters of an error that are shown: what it quotes may be megabytes long."""

_DATE = "YYYY-MM-DD, YYYYMMDD, yesterday, today (until 06:00 Eastern the night before) or tomorrow."


def _date(text: str) -> str:
    """The text of a date; a wrong one is refused before a lake is looked for."""
    parse_date(text)
    return text


Date = Annotated[str, typer.Argument(metavar="DATE", help=_DATE, callback=_date)]
"""The last argument of a command; give it `= TODAY`."""
TODAY = "today"


def _market(text: str | list[str] | None) -> str | list[str] | None:
    """The markets as they were written; a wrong one is refused before a lake is looked for."""
    from tipoff.app.base import markets_of

    markets_of(text)
    return text


OnlyMarkets = Annotated[
    list[str] | None,
    typer.Option(
        "--market", metavar="MARKET", callback=_market,
        help="Only this market, such as pts (repeatable).",
    ),
]  # fmt: skip
OneMarket = Annotated[
    str, typer.Option("--market", metavar="MARKET", callback=_market, help="Market, such as pts.")
]
"""Of a question about one market; give it `= "points"`."""
PlayerName = Annotated[
    str,
    typer.Argument(metavar="PLAYER", help="Name, part of it or initials; accents do not matter."),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


_ANSWERED: list[bool] = []
"""Whether the command in hand has answered in JSON: a second object would spoil the first."""


def opened(ctx: typer.Context, *, create: bool = False) -> Tipoff:
    """The facade over the lake of the global --lake option, else TIPOFF_LAKE, ./tipoff-lake.

    A plug-in that cannot be loaded is a line on stderr: what does not need it goes on.
    """
    from tipoff.app import know_plugins, open_known

    location = (ctx.obj or {}).get("lake")
    # What a plug-in prints when it is imported is no part of the answer.
    with pandas_visible(), redirect_stdout(sys.stderr):
        broken = know_plugins(location, create=create)
    for error in broken:
        sys.stderr.write(f"warning: {_short_text(error.message)}\n")
    return open_known(location, create=create)


def answer(result: Result, as_json: bool, human: Callable[[], None]) -> None:
    """Print a result as JSON, or let `human` print it."""
    if as_json:
        sys.stdout.write(result.to_json() + "\n")
        _ANSWERED.append(True)
    else:
        human()


def console(*, stderr: bool = False) -> PlainConsole:
    """A Rich console; progress and notes go to stderr so that stdout stays the answer."""
    from tipoff.cli.terminal import PlainConsole

    return PlainConsole(stderr=stderr)


@contextmanager
def progress(as_json: bool) -> Iterator[Callable[[str], None]]:
    """A spinner on stderr whose text the yielded function changes; silent with --json."""
    if as_json:
        yield lambda _text: None
        return
    from tipoff.cli.terminal import plain

    out = console(stderr=True)
    with out.status("starting") as status:
        yield lambda text: status.update(plain(text))


class ErrorsToExitCodes(AbstractContextManager[None]):
    """Tells an error of tipoff's, of the parser, or of the disk as one, with its next step, and
    leaves with its exit code. Anything else is a bug and passes.

    `as_json`: on stdout, one object {"error": {kind, message, next_step, exit_code}}; on stderr
    where the command has answered already. Otherwise on stderr, in words.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        _ANSWERED.clear()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave with the error's exit code, if it is one of ours."""
        if type(value).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(f"{value}\n")
            raise SystemExit(2) from value
        error = value if isinstance(value, TipoffError) else _our_error(value)
        if error is None:
            return
        if self._as_json:
            out = sys.stderr if _ANSWERED else sys.stdout
            out.write(json.dumps({"error": _as_dict(error)}) + "\n")
        else:
            sys.stderr.write(f"error: {_short_text(error.message)}\n")
            if error.next_step:
                sys.stderr.write(f"  next: {_short_text(error.next_step)}\n")
        raise SystemExit(error.exit_code) from value


def _as_dict(error: TipoffError) -> dict[str, Any]:
    return {
        "kind": type(error).__name__,
        "message": _short_text(error.message),
        "next_step": _short_text(error.next_step),
        "exit_code": error.exit_code,
    }


def _our_error(error: BaseException | None) -> TipoffError | None:
    if error is None or isinstance(error, SystemExit | KeyboardInterrupt):
        return None
    if isinstance(error, TyperException):
        return _parser_error(error)
    from tipoff.app import translated

    return translated(error)


def _parser_error(error: TyperException) -> TipoffError:
    """What the parser objects to, as an error of tipoff's."""
    at = getattr(error, "ctx", None)
    step = f"{at.command_path} --help" if at else "tipoff --help"
    ask = did_you_mean(getattr(error, "possibilities", None) or ())
    text = error.message if ask else error.format_message()
    return UsageError(text, f"{ask} {step}".strip())


def _short_text(text: str) -> str:
    return shortened(printable(text), MESSAGE)

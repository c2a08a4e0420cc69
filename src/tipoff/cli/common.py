"""What every command shares: the lake, JSON or human output, progress, errors to exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.hiding import pandas_visible
from tipoff.errors import TipoffError
from tipoff.texts import printable, shortened

if TYPE_CHECKING:
    from tipoff.app import Tipoff
    from tipoff.cli.terminal import PlainConsole
    from tipoff.results.base import Result

MESSAGE = 4_000
"""Characters of an error that are shown: what it quotes may be megabytes long."""

Markets = Annotated[
    list[str] | None, typer.Option("--market", help="Only this market (repeatable).")
]
DATE_HELP = "YYYY-MM-DD, YYYYMMDD, yesterday, today (until 06:00 Eastern the night before)."
Date = Annotated[str, typer.Argument(metavar="DATE", help=DATE_HELP)]
JsonFlag = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def opened(ctx: typer.Context, *, create: bool = False) -> Tipoff:
    """The facade over the lake of the global --lake option, else TIPOFF_LAKE, ./tipoff-lake."""
    from tipoff.app import know_plugins
    from tipoff.app import open_lake as open_facade

    location = (ctx.obj or {}).get("lake")
    # What a plug-in prints when it is imported is no part of the answer.
    with pandas_visible(), redirect_stdout(sys.stderr):
        know_plugins(location)
    return open_facade(location, create=create)


def answer(result: Result, as_json: bool, human: Callable[[], None]) -> None:
    """Print a result as JSON, or let `human` print it."""
    if as_json:
        sys.stdout.write(result.to_json() + "\n")
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
    """Prints an error of tipoff's, or of the disk told as one, with its next step, and leaves
    with its exit code. Anything else is a bug and passes."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave with the error's exit code, if it is one of ours."""
        error = value if isinstance(value, TipoffError) else _told(value)
        if error is None:
            return
        sys.stderr.write(f"error: {_shown(error.message)}\n")
        if error.next_step:
            sys.stderr.write(f"  next: {_shown(error.next_step)}\n")
        raise SystemExit(error.exit_code) from value


def _told(error: BaseException | None) -> TipoffError | None:
    if error is None or isinstance(error, SystemExit | KeyboardInterrupt):
        return None
    from tipoff.app import translated

    return translated(error)


def _shown(text: str) -> str:
    return shortened(printable(text), MESSAGE)

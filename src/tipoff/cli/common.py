"""What every command shares: the lake, JSON or human output, progress, errors to exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tipoff.errors import TipoffError

if TYPE_CHECKING:
    from rich.console import Console

    from tipoff.lake import Lake

JsonFlag = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def open_lake(ctx: typer.Context, *, create: bool = False) -> Lake:
    """The lake of the global --lake option, else TIPOFF_LAKE, else ./tipoff-lake.

    Raises UsageError naming a setting that is wrong, whichever it is.
    """
    from tipoff.lake import Lake
    from tipoff.settings import settings

    # Read even where --lake is given: a wrong setting, such as an alert with nowhere to go, is an
    # error of every command, not a surprise of the night it would have fired.
    known = settings()
    return Lake.open((ctx.obj or {}).get("lake") or known.lake, create=create)


def emit(data: dict[str, Any], as_json: bool, human: Callable[[], None]) -> None:
    """Print `data` as JSON, or let `human` print it. Non-finite numbers are an error."""
    if as_json:
        sys.stdout.write(json.dumps(data, default=str, allow_nan=False) + "\n")
    else:
        human()


def console(*, stderr: bool = False) -> Console:
    """A Rich console; progress and notes go to stderr so that stdout stays the answer."""
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=True)


@contextmanager
def progress(as_json: bool) -> Iterator[Callable[[str], None]]:
    """A spinner on stderr whose text the yielded function changes; silent with --json."""
    if as_json:
        yield lambda _text: None
        return
    out = console(stderr=True)
    with out.status("starting") as status:
        yield status.update


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
        sys.stderr.write(f"error: {error.message}\n")
        if error.next_step:
            sys.stderr.write(f"  next: {error.next_step}\n")
        raise SystemExit(error.exit_code) from value


def _told(error: BaseException | None) -> TipoffError | None:
    if error is None or isinstance(error, SystemExit | KeyboardInterrupt):
        return None
    from tipoff.lake import told

    return told(error)

"""The `tipoff` process: `python -m tipoff`, and the script of that name."""

from typing import NoReturn

from tipoff.interrupt import end_on_signals


def command() -> NoReturn:
    """Run the command line; Ctrl-C ends it from before its first import on."""
    end_on_signals()
    from tipoff.cli import command as run

    run()


if __name__ == "__main__":
    command()

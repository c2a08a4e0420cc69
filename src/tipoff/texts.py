"""Text from outside: what a terminal may be shown, and what may be stored as a reason."""

import re
from pathlib import Path

from tipoff.errors import UsageError

LONGEST = 500
"""Characters of a text that is stored: a name, a detail, a reason."""

UNPRINTABLE = (
    r"\x{0000}-\x{001f}\x{007f}-\x{009f}\x{00ad}\x{061c}\x{200b}-\x{200f}\x{2028}-\x{202e}"
    r"\x{2060}-\x{206f}\x{feff}"
)
"""The inside of a character class, as DuckDB spells it: control characters, and the invisible ones
that turn the direction of text or make two names look alike."""

_PYTHON = re.sub(r"\\x\{([0-9a-f]{4})\}", r"\\u\1", UNPRINTABLE)
_UNPRINTABLE = re.compile(f"[{_PYTHON}]")
_UNSHOWN = re.compile(f"[{_PYTHON}\ud800-\udfff]")


def printable(text: str) -> str:
    """The text as a terminal may see it: characters it would act on are spelled out, as `\\x1b`.

    Line breaks stay: they are the caller's own.
    """
    return _UNSHOWN.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    return match[0] if match[0] == "\n" else match[0].encode("unicode_escape").decode("ascii")


def shortened(text: str, most: int = LONGEST) -> str:
    """The text, its middle left out when it is longer than `most` characters."""
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} … {len(text) - 2 * half:,} characters … {text[-half:]}"


def file_there(path: Path) -> bool:
    """Whether there is a file of that name. Raises UsageError when no file can be called so."""
    try:
        return path.is_file()
    except OSError as error:
        raise UsageError(
            f"{shortened(str(path), 100)!r} can be no file: {error.strerror}", "name a file"
        ) from error


def checked_reason(text: str) -> str:
    """A reason that may go on record. Raises UsageError when it is blank, long or not one line."""
    if not text.strip():
        raise UsageError("a change on record needs a reason", "pass --reason TEXT")
    odd = _UNSHOWN.search(text)
    if odd:
        raise UsageError(
            f"a reason is one line of plain text, this one holds {odd[0]!a}", "pass --reason TEXT"
        )
    if len(text) > LONGEST:
        raise UsageError(
            f"a reason has at most {LONGEST} characters, this one {len(text):,}", "shorten it"
        )
    return text

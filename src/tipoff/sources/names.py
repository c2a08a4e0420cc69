"""Player names: one canonical key, and what a spelling can mean."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tipoff.sources.teams import aliases

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})
_LETTERS = {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
_NOT_NAMES = frozenset(
    {"injury", "injuries", "surgery", "sore", "sprained", "sprain", "strained", "illness"}
    | {"protocols", "placed", "activated", "returned", "pick", "rest", "dtd", "total", "team"}
)
_ABBREVIATION = re.compile(r"(?:[A-Za-z]|[A-Za-z]{1,4}\.)")


@dataclass(frozen=True)
class Spelling:
    """What a printed name can mean.

    `own` is the key the name itself spells, None when it is abbreviated or its alternates
    disagree. `exact` are keys any of which would be the player; `loose` are keys to be believed
    only of a player of the right team; `short` and `last` are the halves of `J. Hart`.
    """

    own: str | None
    exact: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    short: str | None = None
    last: str | None = None


def words(name: str) -> list[str]:
    """Lower-case words of letters a-z: accents, punctuation, suffixes and brackets removed."""
    text = re.sub(r"\([^)]*\)", " ", name)
    folded = "".join(_LETTERS.get(c, c) for c in text.lower())
    plain = unicodedata.normalize("NFKD", folded)
    parts = [re.sub(r"[^a-z]", "", part) for part in plain.split()]
    name_words = [part for part in parts if part]
    while len(name_words) > 1 and name_words[-1] in SUFFIXES:
        name_words.pop()
    return name_words


def player_key(name: str) -> str:
    """The canonical key: accent- and suffix-free lower-case letters. Empty when there are none."""
    return "".join(words(_unswap(name)))


def is_player(name: str) -> bool:
    """Whether a printed name can be a person: not a date, a team, an injury or a draft pick."""
    text = re.sub(r"\([^)]*\)", " ", name).strip()
    if re.search(r"\d", text) or text.upper() in aliases():
        return False
    name_words = words(name)
    return bool(name_words) and not _NOT_NAMES & set(name_words)


def first_and_rest(name: str) -> tuple[str, str]:
    """First word and the rest of a name as key letters, for matching `J. Hart`."""
    name_words = words(_unswap(name))
    return (name_words[0], "".join(name_words[1:])) if name_words else ("", "")


def read_name(name: str, raw_key: str) -> Spelling:
    """What a printed name, with the key its source gave it, can mean."""
    parts = [part for part in name.split("/") if words(part)]
    if len(parts) > 1:
        keys = tuple(dict.fromkeys(player_key(part) for part in parts))
        return Spelling(keys[0] if len(keys) == 1 else None, keys)
    if not parts:
        return Spelling(raw_key, (raw_key,))
    full = _unswap(parts[0])
    name_words = words(full)
    if len(name_words) > 1 and _ABBREVIATION.fullmatch(full.split()[0]):
        return Spelling(None, (), (), name_words[0], "".join(name_words[1:]))
    own = raw_key if full == parts[0] else player_key(full)
    return Spelling(own, tuple(dict.fromkeys((own, player_key(full)))), _loose(name_words))


def _loose(name_words: list[str]) -> tuple[str, ...]:
    if len(name_words) == 2:
        return (name_words[1] + name_words[0],)
    return (name_words[0] + name_words[-1],) if len(name_words) > 2 else ()


def _unswap(name: str) -> str:
    """`Portis, Bobby` -> `Bobby Portis`; `Smith, Jr.` stays."""
    last, comma, first = name.partition(",")
    if not comma or not words(first) or words(first)[0] in SUFFIXES:
        return name
    return f"{first.strip()} {last.strip()}"

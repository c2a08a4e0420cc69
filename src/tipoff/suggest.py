"""What somebody may have meant: the nearest of the words there are, and an error that says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tipoff.errors import UsageError

MOST = 3
"""Suggestions of one error."""
ALIKE = 0.6
"""How much of two words must agree, as `difflib` counts, for one to be suggested for the other."""


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """At most MOST of the known words, the likest to `word` first; case does not matter."""
    # Only what goes wrong needs it.
    import difflib

    by_lower = {name.lower(): name for name in known}
    asked = word.strip().lower()
    return [by_lower[name] for name in difflib.get_close_matches(asked, by_lower, MOST, ALIKE)]


def likeness(word: str, known: Iterable[str]) -> dict[str, float]:
    """How much of a word each known one agrees with, 1 when all of it; those under ALIKE not."""
    import difflib

    matcher = difflib.SequenceMatcher(b=word, autojunk=False)
    scores = {}
    for name in known:
        matcher.set_seq1(name)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= ALIKE:
            scores[name] = matcher.ratio()
    return {name: score for name, score in scores.items() if score >= ALIKE}


def did_you_mean(names: Iterable[str]) -> str:
    """The question, empty when there is nothing to suggest."""
    near = list(dict.fromkeys(names))
    return f"did you mean {' or '.join(near)}?" if near else ""


def no_such(what: str, word: str, known: Iterable[str] | Mapping[str, str]) -> UsageError:
    """The error for a word that names no `what`: the nearest ones, and all there are.

    `known`: the names, or every spelling of a name -> the name.
    """
    names = known if isinstance(known, Mapping) else {name: name for name in known}
    ask = did_you_mean(names[near] for near in nearest(word, names))
    every = ", ".join(dict.fromkeys(names.values())) or "none yet"
    return UsageError(f"no {what} is called {word!r}", f"{ask} there are {every}".strip())

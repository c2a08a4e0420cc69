"""Invented people: names no real player bears, and the key every name is matched by."""

from functools import cache

import numpy as np

from tipoff.sources.names import player_key

_FIRST = ("Bro", "Cal", "Dar", "Emi", "Fen", "Gar", "Hol", "Iro", "Jas", "Kel", "Lor", "Mav")
_FIRST_END = ("dic", "en", "io", "mar", "nell", "ris", "ton", "vyn", "wick", "zan", "bert", "quin")
_LAST = ("Abbo", "Brask", "Corv", "Dunth", "Elmo", "Frell", "Gosk", "Hurl", "Jorb", "Krant", "Ludd")
_LAST_MID = ("a", "e", "i", "o", "u", "an", "er", "in", "ol")
_LAST_END = ("bury", "dane", "ford", "grove", "lake", "mont", "rick", "stad", "thorpe", "well")
_ACCENTED = {"a": "á", "e": "é", "i": "í", "o": "ö", "u": "ü"}
_SUFFIXES = ("Jr.", "II", "III", "Sr.", "IV")


@cache
def key(name: str) -> str:
    """The canonical player_key of a name; remembered, since every file spells each name."""
    return player_key(name)


def abbreviated(name: str) -> str:
    """`K. Goskaford`, the way some books print a name."""
    first, _, rest = name.partition(" ")
    return f"{first[0]}. {rest}"


def invent(rng: np.random.Generator, count: int, taken: set[str]) -> list[str]:
    """`count` new names whose keys are not in `taken`; adds their keys to it."""
    names: list[str] = []
    while len(names) < count:
        name = _one(rng)
        if key(name) not in taken:
            taken.add(key(name))
            names.append(name)
    return names


def _one(rng: np.random.Generator) -> str:
    first = _pick(rng, _FIRST) + _pick(rng, _FIRST_END)
    last = _pick(rng, _LAST) + _pick(rng, _LAST_MID) + _pick(rng, _LAST_END)
    draw = rng.random()
    if draw < 0.05:
        last = _accent(last)
    elif draw < 0.10:
        last = f"{last} {_pick(rng, _SUFFIXES)}"
    elif draw < 0.12:
        last = f"O'{last}"
    elif draw < 0.15:
        last = f"{last}-{_pick(rng, _LAST)}{_pick(rng, _LAST_END)}"
    return f"{first} {last}"


def _accent(word: str) -> str:
    place = next(i for i, letter in enumerate(word[1:], start=1) if letter in _ACCENTED)
    return word[:place] + _ACCENTED[word[place]] + word[place + 1 :]


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]

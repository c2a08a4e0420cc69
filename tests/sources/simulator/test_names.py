"""Invented names and their keys."""

import numpy as np

from tipoff.sources.names import player_key
from tipoff.sources.simulator.names import abbreviated, invent, key


def test_no_two_people_share_a_key_even_across_calls() -> None:
    taken: set[str] = set()
    rng = np.random.default_rng(1)
    names = invent(rng, 600, taken) + invent(rng, 200, taken)
    keys = [key(name) for name in names]
    assert len(set(keys)) == 800
    assert all(word.isascii() and word.isalpha() and word.islower() for word in keys)


def test_some_names_carry_accents_suffixes_and_punctuation() -> None:
    names = invent(np.random.default_rng(1), 400, set())
    assert any(not name.isascii() for name in names)
    assert any(name.endswith("Jr.") for name in names)
    assert any("'" in name for name in names)
    assert all(key(name) == player_key(name) for name in names)


def test_an_abbreviation_keeps_the_initial_and_the_surname() -> None:
    assert abbreviated("Kelen Goskaford Jr.") == "K. Goskaford Jr."

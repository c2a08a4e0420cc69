"""The targets of tools/fuzzing for seconds: bytes end as promised, whatever they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.robust.hostile import DAYS, NOT_PLAIN, PRINTED_AS_THEY_ARE
from tipoff.models.manifest import Manifest
from tools.fuzzing import targets as fuzz_targets
from tools.fuzzing.targets import TARGETS, Target, sound_manifest

SLOW = {"parquet": 2, "configuration": 16}
"""Target -> random examples: these write files."""
NASTY = st.one_of(
    st.binary(max_size=80),
    st.sampled_from([*PRINTED_AS_THEY_ARE, *NOT_PLAIN, *DAYS]).map(str.encode),
    st.text(max_size=30).map(str.encode),
)


@pytest.mark.parametrize("name", [name for name in TARGETS if name not in SLOW])
def test_a_target_keeps_its_promise_on_hostile_and_random_bytes(name: str) -> None:
    @settings(max_examples=120, deadline=None, database=None)
    @given(NASTY)
    def attempt(data: bytes) -> None:
        TARGETS[name](data)

    attempt()


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.long
def test_a_slow_target_keeps_its_promise_too(name: str) -> None:
    target: Target = TARGETS[name]

    @settings(max_examples=SLOW[name], deadline=None, suppress_health_check=[HealthCheck.too_slow],
              database=None, phases=[Phase.explicit, Phase.generate])  # fmt: skip
    @given(st.binary(min_size=6, max_size=24))
    @example(b"\xfc\x82\xf7-Te3\xebbDe\x90:>n\x114un\xd9")
    @example(b"lake = '\\u0000'\n")
    @example(b"min_edge = inf\n")
    @example(b"a = " + b"[" * 5_000)
    def attempt(data: bytes) -> None:
        target(data)

    attempt()


def test_numbers_of_every_size_are_priced_or_not_there() -> None:
    rng = np.random.default_rng(4)
    for _ in range(400):
        TARGETS["prices"](rng.bytes(16))


def test_a_broken_promise_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_targets, "player_key", lambda text: text)
    with pytest.raises(AssertionError):
        TARGETS["names"](b"../../etc/passwd")


def test_the_manifest_that_is_bent_is_sound_before() -> None:
    assert Manifest.from_json(json.dumps(sound_manifest())).model == "ewma_hl8"

"""What is fuzzed: each target takes bytes, does one thing with them, and may end only as promised.

A target returns, or tipoff raises one of its own errors. Anything else is a finding. The same
targets run for seconds under Hypothesis (tests/robust) and for as long as you like under atheris
(tools/fuzzing), which mutates the bytes towards code not yet reached.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tipoff import clock
from tipoff.bets import parse_leg
from tipoff.errors import ArtifactError, SourceError, TipoffError, UsageError
from tipoff.hashing import content_id
from tipoff.lake import Lake
from tipoff.league import odds
from tipoff.models import Manifest, parse_model, parse_role
from tipoff.models.names import window_end
from tipoff.settings import Settings, settings
from tipoff.sources import import_folder
from tipoff.sources.layout import FILES, LABEL, is_simulated
from tipoff.sources.names import first_and_rest, is_player, player_key, read_name
from tipoff.sources.teams import code_on
from tipoff.texts import checked_reason, printable

Target = Callable[[bytes], None]
_PRICES = (100.0, -100.0, 20_000.0, -20_000.0, 0.0, math.nan, math.inf, -math.inf, 1e308, 5e-324)


def text_of(data: bytes) -> str:
    """Bytes as the command line would hand them over: what is not UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def dates(data: bytes) -> None:
    """Dates and moments: a day of the league, one day of arithmetic away from nothing."""
    with suppress(UsageError):
        day = clock.parse_date(text_of(data))
        assert clock.FIRST <= day <= clock.LAST
        assert clock.eastern(day, 23).tzinfo is not None
    with suppress(UsageError):
        moment = clock.parse_moment(text_of(data))
        assert clock.parse_moment(moment.isoformat()) == moment


def names(data: bytes) -> None:
    """Player and team names: a key is letters a to z, so no path and no SQL."""
    text = text_of(data)
    key = player_key(text)
    assert all("a" <= letter <= "z" for letter in key), key
    assert player_key(key) == key or not key
    read_name(text, key)
    first_and_rest(text)
    is_player(text)
    code = code_on(text, clock.FIRST)
    assert code is None or (code.isalpha() and len(code) == 3)


def words(data: bytes) -> None:
    """Models, roles, legs and reasons on the command line."""
    text = text_of(data)
    with suppress(UsageError):
        spec = parse_model(text)
        assert spec.model.isascii()
        window_end(spec, spec.through or clock.LAST)
    for parse in (parse_role, parse_leg, checked_reason):
        with suppress(UsageError):
            parse(text)
    printed = printable(text)
    assert all(letter == "\n" or letter.isprintable() or letter.isspace() for letter in
               printed if ord(letter) < 0x300)  # fmt: skip
    printed.encode("utf-8")


def prices(data: bytes) -> None:
    """Odds: whatever the numbers, an answer is a probability, a price, or not there."""
    if len(data) < 16:
        return
    pair = np.frombuffer(data[:16], dtype=np.float64)
    over, under = (
        _PRICES[byte % len(_PRICES)] if byte % 2 else number
        for byte, number in zip(data[:2], pair.tolist(), strict=True)
    )
    with np.errstate(all="ignore"):
        for method in ("power", "multiplicative", "shin"):
            chance = float(odds.no_vig_over(over, under, method))
            assert math.isnan(chance) or 0.0 < chance < 1.0, (over, under, method, chance)
        decimal = float(odds.american_to_decimal(over))
        assert math.isnan(decimal) or 1.0 < decimal <= 201.0
        fair = float(odds.fair_american(over))
        assert math.isnan(fair) or abs(fair) >= 100.0
        assert math.isfinite(odds.expected_value(0.5, 0.0, over)) or math.isnan(decimal)


def configuration(data: bytes) -> None:
    """tipoff.toml, and one variable of the environment."""
    with tempfile.TemporaryDirectory() as folder:
        before, kept = Path.cwd(), dict(os.environ)
        try:
            os.chdir(folder)
            Path("tipoff.toml").write_bytes(data)
            _settle()
            Path("tipoff.toml").unlink()
            fields = sorted(Settings.model_fields)
            name = fields[data[0] % len(fields)] if data else fields[0]
            os.environ[f"TIPOFF_{name.upper()}"] = text_of(data[1:]).replace("\x00", "")
            _settle()
        finally:
            os.chdir(before)
            os.environ.clear()
            os.environ.update(kept)
            settings.cache_clear()


def _settle() -> None:
    settings.cache_clear()
    with suppress(UsageError):
        current = settings()
        assert "null" not in current.scoring_json()
        Lake.open(current.lake).close() if current.lake != Settings().lake else None


@cache
def sound_manifest() -> dict[str, Any]:
    """A manifest that is one, to be bent."""
    return {
        "model": "ewma_hl8", "family": "baseline", "markets": ["points"],
        "contract": {"names": {"points": ["a"]}, "optional": [], "definitions": {"a": "def_1"}},
        "trained_from": "2024-10-22", "trained_through": "2025-01-01", "rows": 10,
        "data_sha256": "0" * 64, "code_version": "code_1", "parameters": {"half_life": 8.0},
        "seed": None, "golden": [], "artifact_sha256": None,
        "dispersion": {"points": {"knots": [1.0], "values": [2.0], "floor": 0.5, "rows": 9}},
    }  # fmt: skip


def manifests(data: bytes) -> None:
    """A stored manifest: read whole, or refused naming the field."""
    with suppress(ArtifactError):
        Manifest.from_json(data.decode("utf-8", "replace"))
    bent = sound_manifest()
    if data:
        name = sorted(bent)[data[0] % len(bent)]
        bent = bent | {name: data[1:].decode("utf-8", "replace")}
    with suppress(ArtifactError):
        manifest = Manifest.from_json(json.dumps(bent))
        assert Manifest.from_json(manifest.to_json()).model_id == manifest.model_id


def labels(data: bytes) -> None:
    """The label of a folder."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / LABEL).write_bytes(data)
        with suppress(SourceError):
            is_simulated(Path(folder))


def values(data: bytes) -> None:
    """Content ids of whatever JSON can say: the same every time."""
    with suppress(ValueError, RecursionError):
        value = json.loads(data)
        assert content_id("x", value) == content_id("x", value)


@cache
def _ground() -> tuple[Path, Path, str]:
    """A lake that holds a small sound folder, that folder, and what the lake's facts hash to."""
    from tests.sources.folders import tiny

    root = Path(tempfile.mkdtemp(prefix="tipoff-fuzz-"))
    folder = tiny(root / "folder").write()
    with Lake.open(root / "lake", create=True) as lake:
        import_folder(lake, folder)
        return root / "lake", folder, facts(lake)


def facts(lake: Lake, up_to: int = 2**62) -> str:
    """Everything a lake stored by a commit, as one id."""
    tables = ("game", "player", "player_game", "team_game", "official", "injury", "game_line",
              "prop_line")  # fmt: skip
    with lake.reading() as r:
        rows = [
            r.rows(f"SELECT t::VARCHAR FROM league.{table} t WHERE recorded_seq <= $seq"
                   " ORDER BY ALL", {"seq": up_to})
            for table in tables
        ]  # fmt: skip
    return content_id("facts", rows)


def parquet(data: bytes) -> None:
    """A file of the folder with other bytes in it: taken or refused, and what was stored stays."""
    if len(data) < 6:
        return
    stored, folder, before = _ground()
    with tempfile.TemporaryDirectory() as work:
        bent = Path(shutil.copytree(folder, Path(work) / "folder"))
        own = Path(shutil.copytree(stored, Path(work) / "lake"))
        path = bent / f"{sorted(FILES)[data[0] % len(FILES)]}.parquet"
        body = bytearray(path.read_bytes())
        at = int.from_bytes(data[1:4], "big") % len(body)
        body[at : at + max(1, data[4] % 16)] = data[5:]
        path.write_bytes(body)
        with Lake.open(own) as lake:
            seq = _newest(lake)
            with suppress(TipoffError):
                import_folder(lake, bent)
            assert facts(lake, seq) == before


def _newest(lake: Lake) -> int:
    with lake.reading() as r:
        return r.newest_seq()


TARGETS: dict[str, Target] = {
    "dates": dates, "names": names, "words": words, "prices": prices,
    "configuration": configuration, "manifests": manifests, "labels": labels, "values": values,
    "parquet": parquet,
}  # fmt: skip
"""Name -> target; the last is slow, an import each time."""

"""Which versions may predict, and who leads: derived from versions and states, never a flag."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import polars as pl

from tipoff import clock
from tipoff.errors import NotFound, UsageError
from tipoff.gates import gate
from tipoff.hashing import content_id
from tipoff.markets import MARKETS, Markets, checked_markets
from tipoff.models.families import FAMILIES, default_role
from tipoff.models.family import Role
from tipoff.models.registry import load
from tipoff.suggest import no_such
from tipoff.texts import checked_reason

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader, Writer

GONE = ("retired", "blocked")
"""States without a seat: retired is final for a version, blocked until it is promoted again."""

SEATED = get_args(Role)
"""States with a seat. A stored state that is none of them, null included, has no seat."""

DEFAULT_LEADERS = ("catboost_v9", "ewma_hl8")
"""Who leads a market while nobody has been promoted: the first of these that predicts it."""


@dataclass(frozen=True)
class Seat:
    """A version that may predict a market on a day, in the role it has there."""

    model_id: str
    model: str
    family: str
    market: str
    trained_through: date
    role: Role


def eligible(r: Reader, day: date, market: str | None = None) -> list[Seat]:
    """Seats of a day by market, then model name: one version per name and market.

    A version is in when it is trained through a date before `day`. Of a name the promoted
    champion is taken, else the newest; if that one is retired the name has no seat, because
    an older version must not come back unasked.
    """
    wanted = [market] if market else list(MARKETS)
    versions = _versions(r, day)
    return [seat for name in wanted for seat in _seats(versions, name)]


def champion_of(r: Reader, market: str, day: date) -> Seat | None:
    """The seat that leads a market on a day, None when no model predicts it."""
    leading = [seat for seat in eligible(r, day, market) if seat.role == "champion"]
    return leading[0] if leading else None


@gate(
    "a role", protects="the seats of a market",
    on_error="no role is stored", on_null="a version that names no market has no role in one",
)  # fmt: skip
def promote(
    lake: Lake,
    model_id: str,
    market: str,
    reason: str,
    *,
    to: Role = "champion",
    available: Mapping[str, str] | None = None,
    record: Mapping[str, Any] | None = None,
) -> None:
    """Give a version a role in a market, on record with a reason.

    `record` goes into ops.event in the same commit: what the promotion was decided by, with
    its `kind`. A promotion also lifts a block.

    Raises NotFound for an unknown version, UsageError for a retired one, an empty reason or a
    market it does not predict, and ArtifactError or ContractError when it does not load. The
    gates between a model and the champion's seat are grading/promotion's.
    """
    checked_reason(reason)
    model = load(lake, model_id, available)
    if market not in model.manifest.markets:
        known = ", ".join(model.manifest.markets)
        raise UsageError(f"{model_id} does not predict {market}", f"it predicts {known}")

    def commit(w: Writer) -> None:
        if _state(w, model_id, market) == "retired":
            raise UsageError(f"{model_id} is retired in {market}", "train a new version")
        _append_states(w, {(model_id, market): to}, reason)
        if record is not None:
            _append_event(w, record)

    lake.write(commit)


def block(lake: Lake, seats: Iterable[Seat], reasons: Mapping[tuple[str, str], str]) -> list[Seat]:
    """Withdraw decayed versions from the next publications; the seats that were newly blocked.

    `reasons`: (model, market) -> why. A block ends with a promotion or a newer version.
    """
    wanted = [seat for seat in seats if (seat.model, seat.market) in reasons]

    def commit(w: Writer) -> list[Seat]:
        fresh = [s for s in wanted if _state(w, s.model_id, s.market) not in GONE]
        for seat in fresh:
            why = reasons[seat.model, seat.market]
            _append_states(w, {(seat.model_id, seat.market): "blocked"}, why)
        return fresh

    return lake.write(commit) if wanted else []


def retire(lake: Lake, model: str, reason: str, market: Markets = None) -> tuple[str, ...]:
    """Retire a version, or every version of a name, in some markets or all it predicts.

    Returns the version ids. Raises UsageError when nothing has that id or name, for an
    unknown market or an empty reason.
    """
    checked_reason(reason)
    asked = checked_markets(market) or tuple(MARKETS)

    def commit(w: Writer) -> tuple[str, ...]:
        found = versions_of(w, model)
        states = {
            (str(row["model_id"]), m): "retired"
            for row in found
            for m in row["markets"]
            if m in asked and _state(w, row["model_id"], m) != "retired"
        }
        _append_states(w, states, reason)
        return tuple(str(row["model_id"]) for row in found)

    return lake.write(commit)


def versions_of(r: Reader, model: str) -> list[dict[str, Any]]:
    """Versions with that id or name, newest first.

    Raises UsageError for a name no model has, NotFound when there is no version of it.
    """
    sql = """SELECT model_id, model, family, markets, trained_from, trained_through, created_at
             FROM models.version WHERE model_id = $model OR model = $model
             ORDER BY trained_through DESC, recorded_seq DESC"""
    found = r.query(sql, {"model": model}).to_dicts()
    if not found:
        _refuse_unknown(r, model)
    return found


def checked_model(r: Reader, name: str) -> str:
    """The name, when a stored version has it. Raises as `versions_of` when none has."""
    if not r.value("SELECT count(*) FROM models.version WHERE model = $name", {"name": name}):
        _refuse_unknown(r, name)
    return name


def _refuse_unknown(r: Reader, name: str) -> NoReturn:
    if any(family.parse(name) for family in FAMILIES.values()):
        raise NotFound(f"no version of {name} is stored", f"tipoff train {name} --through DATE")
    rows = r.rows("SELECT DISTINCT model FROM models.version ORDER BY 1")
    raise no_such("model", name, [str(stored) for (stored,) in rows])


def list_versions(r: Reader) -> list[dict[str, Any]]:
    """Every version by name, newest first, with the markets it is retired or blocked in."""
    sql = """
    WITH gone AS (SELECT model_id,
                    list(market ORDER BY market) FILTER (state = 'retired') AS retired,
                    list(market ORDER BY market) FILTER (state = 'blocked') AS blocked
                  FROM models.current_state GROUP BY model_id)
    SELECT v.model_id, v.model, v.family, v.markets, v.trained_from, v.trained_through,
           coalesce(g.retired, []) AS retired, coalesce(g.blocked, []) AS blocked
    FROM models.version v LEFT JOIN gone g USING (model_id)
    ORDER BY v.model, v.trained_through DESC, v.recorded_seq DESC"""
    return r.query(sql).to_dicts()


def parse_role(text: str) -> Role:
    """A role from its name. Raises UsageError listing the roles."""
    roles: dict[str, Role] = {r: r for r in get_args(Role)}
    if text not in roles:
        raise UsageError(f"{text!r} is not a role", f"choose one of {', '.join(roles)}")
    return roles[text]


_VERSIONS = """
WITH seats AS (
  SELECT model_id, model, family, trained_through, recorded_seq, unnest(markets) AS market
  FROM models.version WHERE trained_through < $day
)
SELECT v.*, s.state, coalesce(s.recorded_seq, 0) AS state_seq
FROM seats v LEFT JOIN models.current_state s USING (model_id, market)
ORDER BY v.model, v.trained_through DESC, v.recorded_seq DESC
"""


def _versions(r: Reader, day: date) -> list[dict[str, Any]]:
    return r.query(_VERSIONS, {"day": day}).to_dicts()


def _seats(versions: list[dict[str, Any]], market: str) -> list[Seat]:
    rows = [row for row in versions if row["market"] == market]
    promoted = max(
        (row for row in rows if row["state"] == "champion"),
        key=lambda row: row["state_seq"],
        default=None,
    )
    chosen: dict[str, dict[str, Any]] = {}
    for row in rows:
        chosen.setdefault(row["model"], row)
    if promoted is not None:
        chosen[promoted["model"]] = promoted
    seats = [_seat(row) for row in chosen.values() if _may_sit(row)]
    return _crowned(seats, promoted["model_id"] if promoted else None)


@gate(
    "seats", protects="what a retired, blocked or unknown version would publish",
    on_error="no set is built", on_null="a stored state that says nothing has no seat",
)  # fmt: skip
def _may_sit(row: Mapping[str, Any]) -> bool:
    never_changed = row["state"] is None and row["state_seq"] == 0
    return never_changed or row["state"] in SEATED


def _seat(row: Mapping[str, Any]) -> Seat:
    said = row["state"] in ("challenger", "shadow")
    role = row["state"] if said else default_role(row["family"])
    names = ("model_id", "model", "family", "market", "trained_through")
    return Seat(**{n: row[n] for n in names}, role=role)


def _crowned(seats: list[Seat], promoted: str | None) -> list[Seat]:
    by_name = {seat.model: seat.model_id for seat in seats}
    default = next((by_name[name] for name in DEFAULT_LEADERS if name in by_name), None)
    leader = promoted or default
    return [replace(s, role="champion") if s.model_id == leader else s for s in seats]


def _state(r: Reader, model_id: str, market: str) -> str | None:
    sql = """SELECT state FROM models.current_state
             WHERE model_id = $model_id AND market = $market"""
    found: str | None = r.value(sql, {"model_id": model_id, "market": market})
    return found


def _append_states(w: Writer, states: Mapping[tuple[str, str], str], reason: str) -> None:
    rows = [
        {"model_id": i, "market": m, "state": s, "reason": reason, "happened_at": clock.now()}
        for (i, m), s in states.items()
    ]
    w.append("models.state", pl.DataFrame(rows))


def _append_event(w: Writer, record: Mapping[str, Any]) -> None:
    moment, detail = clock.now(), json.dumps(record, default=str, sort_keys=True)
    row = {
        "event_id": content_id("event", [detail, moment]), "happened_at": moment,
        "kind": str(record["kind"]), "detail": detail,
    }  # fmt: skip
    w.append("ops.event", pl.DataFrame([row]))

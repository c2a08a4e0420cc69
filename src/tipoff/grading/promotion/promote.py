"""Promoting through the gates: gather the evidence, judge, and put it on record with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tipoff.errors import GateBlocked
from tipoff.gates import gate
from tipoff.grading.promotion.evidence import file_evidence, live_evidence
from tipoff.grading.promotion.gates import GATES, Candidate, Verdict, judge_candidate
from tipoff.models import Seat, eligible, promote, versions_of
from tipoff.results.models import Promotion

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

FALLBACK = "ewma_hl8"
"""Whom a champion's own refit, or the first champion of a market, is compared with."""


@dataclass(frozen=True)
class Judgement:
    """Every gate's verdict on a version in a market, and against which evidence.

    `unseen`: all who are judged or compared with, when one of them has no row in the evidence.
    """

    model_id: str
    market: str
    reference: str
    evidence: str
    verdicts: list[Verdict]
    unseen: tuple[str, ...] = ()

    @property
    def next_step(self) -> str:
        """What to do about objections: the backtest that would answer, or nothing but a fault."""
        forced = "--force promotes all the same, on record with its reason"
        if not self.unseen:
            return f"train another; docs/models.md#gates says what each bar means; {forced}"
        models = " ".join(f"--model {name}" for name in self.unseen)
        return (
            f"tipoff backtest --from DATE --to DATE --market {self.market} {models}"
            f" --out FILE.parquet, then promote with --evidence FILE.parquet; {forced}"
        )

    @property
    def objections(self) -> list[str]:
        """What the gates that did not pass say."""
        silent = [name for name in GATES if name not in {v.gate for v in self.verdicts}]
        said = [v for v in self.verdicts if v.passed is not True]
        return [f"{v.gate}: {v.figure} (bar: {v.bar})" for v in said] + [
            f"{name}: not asked" for name in silent
        ]

    def result(self, reason: str, *, promoted: bool, forced: bool) -> Promotion:
        """As people receive it."""
        state = "champion" if promoted else None
        outcome = {"state": state, "promoted": promoted, "forced": forced, "reason": reason}
        return Promotion.model_validate(asdict(self) | outcome)


def judge_version(r: Reader, model: str, market: str, day: date, file: Path | None) -> Judgement:
    """Hold a version (or the newest of a name) against the gates of a market.

    The evidence is that of its name: a backtest's file, else the live record. It is compared
    with the champion of `day`. Raises NotFound for an unknown model, UsageError for a bad file.
    """
    version = versions_of(r, model)[0]
    name, identity = str(version["model"]), str(version["model_id"])
    evidence = file_evidence(r, file, market) if file else live_evidence(r, market)
    assignments = [s for s in eligible(r, day, market) if s.model != name]
    leader = next((s.model for s in assignments if s.role == "champion"), FALLBACK)
    others = tuple(sorted({s.model for s in assignments} - {name}))
    candidate = Candidate(name, leader, _twins(r, identity, assignments), others, evidence)
    asked = (name, *sorted({leader, *others} - {name}))
    unseen = asked if any(not evidence.of(model).height for model in asked) else ()
    verdicts = judge_candidate(candidate)
    return Judgement(identity, market, leader, evidence.source, verdicts, unseen)


@gate(
    "promotion", protects="the role of champion",
    on_error="nobody is promoted", on_null="a gate that was not asked objects: GateBlocked",
)  # fmt: skip
def promote_through_gates(
    lake: Lake, judged: Judgement, reason: str, *, force: bool = False,
    available: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Make a judged version the champion of its market; the verdicts are recorded with it.

    Raises GateBlocked with every objection unless `force`, which is on record as such, and
    whatever `models.promote` raises.
    """
    if judged.objections and not force:
        gates = ", ".join(objection.split(":")[0] for objection in judged.objections)
        raise GateBlocked(
            f"{judged.model_id} is not promoted in {judged.market}: no pass at {gates}",
            judged.next_step,
        )
    kind = "forced_promotion" if judged.objections else "promotion"
    record = {"kind": kind, "reason": reason, **asdict(judged)}
    promote(lake, judged.model_id, judged.market, reason, available=available, record=record)


def _twins(r: Reader, model_id: str, assignments: list[Seat]) -> tuple[str, ...]:
    """Other assigned models made of the same artifact; baselines have none."""
    sql = """SELECT DISTINCT o.model FROM models.version v JOIN models.version o
             ON o.artifact_sha256 = v.artifact_sha256 AND o.model <> v.model
             WHERE v.model_id = $id AND list_contains($assigned::VARCHAR[], o.model_id)
             ORDER BY 1"""
    assigned = [assignment.model_id for assignment in assignments]
    return tuple(str(row[0]) for row in r.rows(sql, {"id": model_id, "assigned": assigned}))

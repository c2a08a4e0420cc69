"""Functions that look as if they decided, and why they are no gate of their own."""

from __future__ import annotations

PART_OF: dict[str, tuple[str, ...]] = {
    "settings": ("settings.named_config",),
    "a model's ok mask": (
        "models.champion.model.Champion._complete", "models.families.breakout.role_players",
        "models.model.complete",
    ),
    "a model's errors": (
        "models.families.catboost._predicted", "models.model._require_columns",
        "models.champion.model.Champion.reads_lines", "forecast.score.refuse",
        "forecast.score._refused", "forecast.versions._refused_whole",
    ),
    "artifact": (
        "models.families.baseline.BaselineFamily.load", "models.families.trees.TreeFamily.load",
        "models.champion.model.read_champion",
        "models.registry.open_model", "models.registry.store", "models.registry._stored",
        "models.registry._store_artifact",
    ),
    "batch checks": ("features.snapshot.Snapshot.blocked",),
    "completeness": ("forecast.build.refusal_keys",),
    "contract": ("models.contract.Contract.required", "models.contract.make_contract"),
    "decay": ("grading.decay.Decay.reason", "grading.decay._judged", "models.governance.block"),
    "golden rows": ("models.golden._compare",),
    "manifest": ("models.manifest.Manifest.from_json",),
    "nothing to do": (
        "forecast.staleness._includes", "forecast.staleness._known",
        "forecast.staleness.record_verified", "forecast.staleness.standing",
    ),
    "promotion gates": (
        "grading.promotion.gates._gate", "grading.promotion.gates.judge_candidate",
        "grading.promotion.promote.judge_version",
    ),
    "quality": (
        "features.snapshot.Snapshot._fallback", "features.snapshot.Snapshot._nowhere",
        "features.snapshot.Snapshot._present", "features.snapshot.Snapshot._seen",
        "forecast.assess.assess", "forecast.assess._all_refused", "forecast.assess._reason",
        "forecast.build.gate_of",
    ),
    "record": ("grading.record.record_refusals",),
    "snapshot seal": ("features.snapshot.load_snapshot",),
    "too good": ("grading.backtest.suspicion._known",),
    "withdrawn models": ("forecast.view.stale_marks",),
    "void proof": ("grading.outcomes._reason",),
}  # fmt: skip
"""Gate -> what it calls, or what acts on its answer: a fault there is a fault in the gate."""

NO_GATE: dict[str, tuple[str, ...]] = {
    "reads what the user typed; a wrong word ends the command before anything is read": (
        "forecast.build._asked", "forecast.build.wanted_set",
        "forecast.view.champion_prediction", "forecast.view.is_prediction_id",
        "forecast.reproduction.find_prediction", "grading.promotion.evidence._read",
        "grading.promotion.evidence.file_evidence", "grading.record.parse_record",
        "models.families.baseline.terms", "models.families.__init__.parse_model",
        "models.families.__init__.register",
        "models.governance.parse_role", "models.governance._refuse_unknown",
        "texts.checked_reason", "texts.file_there",
    ),
    "says in words why a set that is made anyhow replaces another": (
        "forecast.reconciliation._withdrawn",
    ),
    "shows what is stored; without it there is nothing to show": (
        "features.snapshot.Snapshot.reasons_of", "forecast.classifiers.breakouts",
        "forecast.diff._find_run", "forecast.impact.find_fact", "forecast.ledger._head",
        "forecast.reproduction._head", "forecast.view.find_publication",
        "forecast.view.player_view", "forecast.view.refusal_counts",
        "forecast.view.refused_players", "forecast.view.slate_at", "grading.grade.grade",
        "grading.record.published_span",
    ),
    "answers a question about a set; nothing waits for its answer": (
        "forecast.diff._moved", "forecast.diff._reasons", "forecast.dry_run.dry_run",
        "forecast.fact_scope.Fact.in_force", "forecast.player_facts.Form.in_rotation",
        "forecast.why._withdrawn",
    ),
    "judges a published set afterwards; nothing waits for its answer": (
        "forecast.minutes._foresees", "forecast.reproduction.reproduce",
        "models.families.__init__.contributions",
        "models.family.ModelFamily.explain", "models.family.ModelFamily.minutes",
    ),
    "while a model is trained; one that fails is not stored": (
        "models.families.baseline.BaselineFamily.fit_and_evaluate",
        "models.families.breakout.BreakoutFamily.rows", "models.families.breakout._broke_out",
        "models.families.catboost._check_size", "models.families.catboost._held_out",
        "models.families.plays.PlaysFamily.rows",
    ),
}  # fmt: skip
"""Reason -> functions."""


def exempt() -> list[str]:
    """module.qualname of all of them, doubles included."""
    groups = [*PART_OF.values(), *NO_GATE.values()]
    return [f"tipoff.{name}" for group in groups for name in group]

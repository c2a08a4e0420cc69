"""Features: declared once, built for history and tonight alike, stored by content hash."""

from tipoff.features.build import Facts, SlateFeatures, known_facts, slate_frame, training_frame
from tipoff.features.catalogue import catalogue, definition_hashes, feature_set, judgements
from tipoff.features.checks import CheckResult, batch_checks
from tipoff.features.definition import Feature
from tipoff.features.established import redefined
from tipoff.features.lineage import sources_of
from tipoff.features.plugins import (
    PluginFeature,
    add_feature,
    added_features,
    ewma,
    external,
    feature,
    mean,
    ratio,
    remove_feature,
    std,
    total,
    with_plugins,
)
from tipoff.features.quality import Quality, gate, row_quality
from tipoff.features.relations import BOX, TOLD
from tipoff.features.snapshot import (
    Snapshot,
    build_snapshot,
    checked,
    load_snapshot,
    store_snapshot,
)
from tipoff.features.squad import roster_frame

__all__ = [
    "BOX",
    "TOLD",
    "CheckResult",
    "Facts",
    "Feature",
    "PluginFeature",
    "Quality",
    "SlateFeatures",
    "Snapshot",
    "add_feature",
    "added_features",
    "batch_checks",
    "build_snapshot",
    "catalogue",
    "checked",
    "definition_hashes",
    "ewma",
    "external",
    "feature",
    "feature_set",
    "gate",
    "judgements",
    "known_facts",
    "load_snapshot",
    "mean",
    "ratio",
    "redefined",
    "remove_feature",
    "roster_frame",
    "row_quality",
    "slate_frame",
    "sources_of",
    "std",
    "store_snapshot",
    "total",
    "training_frame",
    "with_plugins",
]

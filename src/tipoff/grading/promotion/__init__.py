"""Promotion: the gates between a model and the role of champion, and the evidence they read."""

from tipoff.grading.promotion.evidence import Evidence, file_evidence, live_evidence
from tipoff.grading.promotion.gates import Candidate, Verdict, judge_candidate
from tipoff.grading.promotion.promote import Judgement, judge_version, promote_through_gates

__all__ = [
    "Candidate",
    "Evidence",
    "Judgement",
    "Verdict",
    "file_evidence",
    "judge_candidate",
    "judge_version",
    "live_evidence",
    "promote_through_gates",
]

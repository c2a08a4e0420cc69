"""Groups of commands: `tipoff models list` is `t.models.list`; so are `lake` and `alerts`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.app.base import Day, Part, Place, Progress, day_of, markets_of, silent
from tipoff.errors import GateBlocked
from tipoff.markets import Markets, checked_market

if TYPE_CHECKING:
    from tipoff.models.family import Role
    from tipoff.results.alerts import AlertCheck, AlertList, AlertTest
    from tipoff.results.health import Cleaned, Compacted, LakeCheck
    from tipoff.results.models import ModelDetails, ModelList, Promotion, Retirement, Review


class Models(Part):
    """Versions of models, who leads and by what right, who has decayed."""

    def list(self, on: Day = "tomorrow") -> ModelList:
        """Every version with its window, the roles it has on a league date, and its decay."""
        from tipoff.grading.decay import decay_states
        from tipoff.models import eligible, list_versions
        from tipoff.results.models import ModelList

        day = day_of(on)
        with self._lake.reading() as r:
            versions, assigned = list_versions(r), eligible(r, day)
            decay = {(d.model, d.market): d.state for d in decay_states(r, day)}
        rows = []
        for version in versions:
            name, identity = version["model"], version["model_id"]
            roles = {a.market: a.role for a in assigned if a.model_id == identity}
            states = {m: decay[name, m] for m in roles if (name, m) in decay}
            rows.append({**version, "roles": roles, "decay": states})
        return ModelList.model_validate({"on": day, "models": rows})

    def show(self, model: str) -> ModelDetails:
        """The manifest of a version, or of the newest of a name. Raises NotFound."""
        from tipoff.models import read_version, versions_of
        from tipoff.results.models import ModelDetails

        with self._lake.reading() as r:
            newest = str(versions_of(r, model)[0]["model_id"])
            manifest, artifact = read_version(r, newest)
        return ModelDetails.model_validate(
            {"model_id": newest, "artifact": artifact, **manifest.model_dump()}
        )

    def promote(
        self,
        model: str,
        reason: str,
        market: str = "points",
        *,
        to: str = "champion",
        evidence: Place | None = None,
        force: bool = False,
    ) -> Promotion:
        """Give a version, or the newest of a name, a role in a market; a champion passes the gates.

        `evidence`: a backtest's file, by default the live record. `force` promotes past the gates,
        on record as such. Raises GateBlocked, whose `answer` is the refused Promotion, NotFound,
        and UsageError for a wrong argument.
        """
        from tipoff.models import parse_role

        role, name = parse_role(to), checked_market(market)
        if role != "champion":
            return self._give(model, reason, name, role)
        return self._lead(model, reason, name, evidence, force)

    def review(self, on: Day = "tomorrow") -> Review:
        """Judge every model by its newest graded slates; block what has decayed from a date on."""
        from tipoff.grading.decay import decay_states, review
        from tipoff.results.grading import BlockedModel
        from tipoff.results.models import Review

        day = day_of(on)
        blocked = tuple(
            BlockedModel(model=d.model, market=d.market, reason=d.reason)
            for d in review(self._lake, day)
        )
        with self._lake.reading() as r:
            states = tuple(d.result() for d in decay_states(r, day))
        return Review(on=day, states=states, blocked=blocked)

    def retire(self, model: str, reason: str, markets: Markets = None) -> Retirement:
        """Retire a version, or every version of a name; the next publication leaves it out.

        Raises NotFound for an unknown model, UsageError for an unknown market or no reason.
        """
        from tipoff.models import retire
        from tipoff.results.models import Retirement

        names = markets_of(markets)
        identities = retire(self._lake, model, reason, names)
        return Retirement(model_ids=identities, markets=tuple(names), reason=reason)

    def _give(self, model: str, reason: str, market: str, role: Role) -> Promotion:
        from tipoff.models import promote, versions_of
        from tipoff.results.models import Promotion

        with self._lake.reading() as r:
            newest = str(versions_of(r, model)[0]["model_id"])
        promote(self._lake, newest, market, reason, to=role)
        return Promotion(model_id=newest, market=market, state=role, reason=reason, promoted=True)

    def _lead(
        self, model: str, reason: str, market: str, evidence: Place | None, force: bool
    ) -> Promotion:
        from tipoff.grading.promotion import judge_version, promote_through_gates

        file = None if evidence is None else Path(evidence)
        with self._lake.reading() as r:
            judged = judge_version(r, model, market, day_of("tomorrow"), file)
        try:
            promote_through_gates(self._lake, judged, reason, force=force)
        except GateBlocked as error:
            error.answer = judged.result(reason, promoted=False, forced=force)
            raise
        return judged.result(reason, promoted=True, forced=force)


class LakeFolder(Part):
    """The lake's folder: is it whole, what may go, fewer and larger files."""

    def check(
        self, *, age: float | None = None, quick: bool = False, progress: Progress = silent
    ) -> LakeCheck:
        """Compare the folder with the catalog: missing, damaged and left-over files.

        `age`: hours a leftover must be unchanged, by default of the settings. `quick`: sizes and
        row counts only. Raises LakeDamaged when the catalog itself cannot be read.
        """
        from tipoff.lake.health import check

        progress("reading every file")
        return check(self._lake, clock.now(), _hours(age), read=not quick)

    def clean(self, *, age: float | None = None, dry_run: bool = False) -> Cleaned:
        """Remove files that no version of the lake names and that are old enough.

        `dry_run`: only list them. Raises LakeBusy while others write.
        """
        from tipoff.lake.maintenance import clean

        return clean(self._lake, clock.now(), _hours(age), dry_run=dry_run)

    def compact(self, *, progress: Progress = silent) -> Compacted:
        """Merge the small files that many commits leave; no row, version or number changes."""
        from tipoff.lake.maintenance import compact

        progress("merging files")
        return compact(self._lake)


class Alerts(Part):
    """Rules that alert someone when a night goes wrong."""

    def check(self, date: Day | None = None) -> AlertCheck:
        """Ask every rule, of one league date or of the nights around today.

        Each new state is sent once to the destinations that its setting names; `failed` says which
        could not be reached, and the next check tries them again.
        """
        from tipoff.monitor import check_alerts
        from tipoff.settings import settings

        day = None if date is None else day_of(date)
        return check_alerts(self._lake, day, clock.now(), settings()).result(day)

    @staticmethod
    def test() -> AlertTest:
        """Send a test to every destination in use; needs no lake."""
        from tipoff.monitor import send_test
        from tipoff.settings import settings

        return send_test(settings())

    def list(self) -> AlertList:
        """The alerts that stand, and where each rule's alerts go."""
        from tipoff.monitor import RULES, routes, standing_alerts
        from tipoff.results.alerts import AlertList
        from tipoff.settings import settings

        with self._lake.reading() as r:
            alerts = standing_alerts(r)
        known = settings()
        return AlertList(
            alerts=alerts,
            rules={name: routes(name, known) for name in RULES},
            looks_for={name: (rule.__doc__ or "").strip() for name, rule in RULES.items()},
        )


def _hours(age: float | None) -> timedelta:
    from tipoff.settings import settings

    return timedelta(hours=settings().orphan_age_hours if age is None else age)

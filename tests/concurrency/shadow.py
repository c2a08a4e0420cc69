"""What must be visible, worked out in plain Python from the commands and their answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.concurrency.worker import Command, Reply
from tipoff.lake import Reader

PUBLISHING = ("run", "regenerate")


@dataclass
class Shadow:
    """Publications and tokens that were acknowledged, and what is under way."""

    chains: dict[date, dict[int, tuple[str, datetime]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    under_way: dict[int, Command] = field(default_factory=dict)
    floors: dict[int, int] = field(default_factory=dict)
    rivals: dict[int, set[int]] = field(default_factory=dict)
    corrections: dict[str, int] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    forced: int = 0
    graded: int = 0
    retiring: bool = False
    undated: list[tuple[str, datetime]] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    imports: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def sent(self, command: Command) -> None:
        """A command has left for a worker."""
        day = command.arguments.get("day")
        self.floors[command.number] = self.newest(day) if day else 0
        rivals = {n for n, other in self.under_way.items() if _publishes(other, day)}
        self.rivals[command.number] = rivals
        if command.action in PUBLISHING:
            for number in self.under_way:
                self.rivals[number].add(command.number)
        self.retiring |= command.action == "retire"
        self.under_way[command.number] = command

    def answered(self, reply: Reply) -> Iterator[str]:
        """Complaints about an answer; then it is part of what is expected."""
        command = self.under_way.pop(reply.number)
        floor, rivals = self.floors.pop(reply.number), self.rivals.pop(reply.number)
        self.seconds[command.action] += reply.seconds  # type: ignore[assignment]
        where = f"step {reply.number} {command.action} {command.arguments}"
        if reply.crashed:
            yield f"{where}: {reply.crashed}"
        elif reply.refused:
            self.refused[reply.refused.partition(":")[0]] += 1
            if not self._may_refuse(command, reply.refused, floor, rivals):
                yield f"{where}: refused without cause: {reply.refused}"
        else:
            self.done[command.action] += 1
            self.moved[command.action] += bool(reply.answer.get("did", True))
            yield from (f"{where}: {text}" for text in self._absorb(command, reply.answer, floor))

    def newest(self, day: date) -> int:
        """The greatest acknowledged seq of a slate, 0 before its first."""
        return max(self.chains[day], default=0)

    def visible(self, r: Reader) -> Iterator[str]:
        """Acknowledged publications are the newest shown, unless others are under way."""
        sql = "SELECT slate, seq FROM forecast.current_publication"
        newest = dict(r.rows(sql))
        for day in self.chains.keys() | newest.keys():
            low = self.newest(day)
            high = low + sum(_publishes(c, day) for c in self.under_way.values())
            if not low <= newest.get(day, 0) <= high:
                yield f"{day}: shows publication {newest.get(day, 0)}, expected {low} to {high}"

    def dated(self, r: Reader) -> Iterator[str]:
        """No publication just acknowledged is dated earlier than its command was given."""
        asked = dict(self.undated)
        sql = "SELECT publication_id, committed_at FROM forecast.publication"
        for name, at in r.rows(sql) if asked else []:
            if name in asked and at < asked[name]:
                yield f"{name} is dated {at}, and was asked for at {asked[name]}"
        self.undated.clear()

    def exact(self, r: Reader) -> Iterator[str]:
        """With nothing under way: all that was acknowledged is there, and nothing else."""
        stored: dict[date, dict[int, str]] = defaultdict(dict)
        sql = "SELECT slate, seq, publication_id FROM forecast.publication"
        for day, seq, identity in r.rows(sql):
            stored[day][seq] = identity
        for day in self.chains.keys() | stored.keys():
            expected = {seq: identity for seq, (identity, _) in self.chains[day].items()}
            if stored[day] != expected:
                yield f"{day}: publications are {stored[day]}, acknowledged {expected}"
        rows = r.rows("SELECT fact_id, recorded_seq FROM league.player_game"
                      " WHERE starts_with(fact_id, 'step-')")  # fmt: skip
        if sorted(rows) != sorted(self.corrections.items()):
            odd = set(rows) ^ set(self.corrections.items())
            yield f"corrections stored and acknowledged differ: {sorted(odd)[:5]}"
        yield from self._roles_and_grades(r)
        yield from self._truly_live(r)

    def _roles_and_grades(self, r: Reader) -> Iterator[str]:
        """Roles, the verdicts they were given by, and grades are those acknowledged."""
        said = {why: "retired" if state == "retired" else "given" for why, state in r.rows(
            "SELECT reason, state FROM models.state")}  # fmt: skip
        if said != self.roles:
            yield f"roles differ: {sorted(said.items() ^ self.roles.items())[:5]}"
        forced = r.value("SELECT count(*) FROM ops.event WHERE kind = 'forced_promotion'")
        if forced != self.forced:
            yield f"{forced} forced promotions on record, {self.forced} acknowledged"
        graded = r.value("SELECT count(*) FROM grading.grade")
        if graded != self.graded:
            yield f"{graded} grades stored, {self.graded} acknowledged"

    def _truly_live(self, r: Reader) -> Iterator[str]:
        """No grade is live whose set left its worker after tip-off by the scheduler's clock."""
        first = dict(pair for chain in self.chains.values() for pair in chain.values())
        sql = """SELECT DISTINCT p.publication_id, x.tipoff FROM grading.grade g
                 JOIN forecast.prediction x USING (run_id, prediction_id)
                 JOIN forecast.publication p ON p.run_id = g.run_id
                 WHERE g.live AND p.seq = (SELECT min(seq) FROM forecast.publication q
                                           WHERE q.run_id = p.run_id AND q.slate = p.slate)"""
        for identity, tipoff in r.rows(sql):
            if identity in first and first[identity] >= tipoff:
                yield f"{identity} is graded live but was made after tip-off"

    def _absorb(self, command: Command, answer: dict[str, Any], floor: int) -> Iterator[str]:
        day = command.arguments.get("day")
        if not answer.get("whole", True):
            yield f"saw half a set: {answer}"
        if day and command.action in PUBLISHING:
            if answer["new"]:
                self.unproved.append(answer["run"])
            yield from self._moved(command, day, answer, floor)
        elif day and command.action in ("read", "view"):
            yield from self._read(day, answer["seq"], floor)
        else:
            yield from self._stored(command, answer)

    def _read(self, day: date, seq: int, floor: int) -> Iterator[str]:
        high = self.newest(day) + sum(_publishes(c, day) for c in self.under_way.values())
        if not floor <= seq <= high:
            yield f"read publication {seq}, expected {floor} to {high}"

    def _stored(self, command: Command, answer: dict[str, Any]) -> Iterator[str]:
        if command.action == "correct":
            if answer["seq"] in self.corrections.values():
                yield f"commit {answer['seq']} was given out twice"
            self.corrections[command.token] = answer["seq"]
        elif command.action in ("promote", "retire", "grade"):
            yield from self._ruled(command, answer)
        elif command.action == "reproduce" and answer["differences"]:
            yield f"not reproducible: {answer['differences'][:2]}"
        elif command.action == "import" and answer["new"]:
            folder = command.arguments["folder"]
            self.imports[folder] += 1
            if self.imports[folder] > 1:
                yield f"{folder} was stored twice, {answer['new']} rows anew"

    def _ruled(self, command: Command, answer: dict[str, Any]) -> Iterator[str]:
        if command.action == "promote":
            self.roles[command.token] = "given"
            self.forced += answer["forced"]
            if answer.get("unasked"):
                yield "the gates let through a version that has no record"
        elif command.action == "grade":
            self.graded += answer["new"]
            yield from answer["late"]
        elif answer["did"]:
            self.roles[command.token] = "retired"

    def _moved(
        self, command: Command, day: date, answer: dict[str, Any], floor: int
    ) -> Iterator[str]:
        chain, seq = self.chains[day], answer["seq"]
        if answer["new"]:
            if not answer["own"]:
                yield f"publication {seq} of {day} replaced another than it was made against"
            if seq in chain:
                yield f"publication {seq} of {day} was given out twice"
            if seq <= floor:
                yield f"publication {seq} of {day} comes after {floor} was acknowledged"
            chain[seq] = (answer["publication"], command.now)
            self.undated.append((answer["publication"], command.now))
        elif command.action == "regenerate":
            yield "regenerate published nothing"

    def _may_refuse(self, command: Command, said: str, floor: int, rivals: set[int]) -> bool:
        kind = said.partition(":")[0]
        if kind == "PublicationConflict":
            return command.action in PUBLISHING and bool(rivals)
        if kind == "NotFound" and command.action == "grade":
            return floor == 0
        asks = ("promote", *PUBLISHING)
        return kind == "UsageError" and command.action in asks and self.retiring


def _publishes(command: Command, day: date | None) -> bool:
    return command.action in PUBLISHING and command.arguments.get("day") == day

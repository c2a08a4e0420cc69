"""What happened to the old system, and what tipoff promises instead: the rows of docs/incidents.md.

Keys are those the tests are marked with: `@pytest.mark.incident(12)`.
"""

from __future__ import annotations

from typing import NamedTuple


class Incident(NamedTuple):
    """A failure of the old system, and the invariant that rules it out."""

    symptom: str
    invariant: str


INCIDENTS: dict[str, Incident] = {
    "A": Incident(
        "a night predicted from the first, half-true build of its features, which a worker still"
        " held when the table had long been rebuilt; the repair then threw most predictions away",
        "what is not good enough is refused; newer facts make a set stale at once; every set names"
        " its snapshot and can be proved; a repair loses nothing",
    ),
    "B": Incident(
        "a night without any prediction: new columns under a new tag, workers asking for the old"
        " one, models that refused the wider rows, and a failure that counted as final",
        "columns may come without a model noticing; what was refused is tried again by the next"
        " run, with no flag to reset",
    ),
    "1": Incident(
        "predictions outlive the features they were made from, and nothing shows it",
        "a prediction names its snapshot; a set whose facts were corrected is shown as stale until"
        " a run replaces it",
    ),
    "2": Incident(
        "rows are there but none is found, because a remembered version is asked for",
        "snapshots are found by their content hash; there is no version to remember",
    ),
    "3": Incident(
        "more columns in the table, and every model refuses it",
        "models read columns by name; others do not matter; one that lacks is named at load",
    ),
    "4": Incident(
        "minutes spent loading lines, one player after the other",
        "all lines of a slate are one query",
    ),
    "5": Incident(
        "building features for a night runs a process out of memory",
        "features are built by a fixed number of set-based queries within a fixed memory",
    ),
    "6": Incident(
        "a regeneration empties the slate while it works, and ends with fewer predictions",
        "the new set is complete before the pointer moves to it; a threshold turns picks into"
        " PASS and deletes none",
    ),
    "7": Incident(
        "a phase marks itself as started, fails, and is never started again",
        "what is to be done is told from what is there, not from what was begun",
    ),
    "8": Incident(
        "a batch waits for ever for the players its workers skipped",
        "each expected player ends predicted or refused with a reason, and the counts add up",
    ),
    "9": Incident(
        "a bias that exists only because the players were chosen by how they had just played",
        "forecasts are judged in groups known before the game",
    ),
    "10": Incident(
        "a wonderful hit rate from averages that contain the game to be predicted",
        "windows hold games known before the row's own moment; later results change nothing",
    ),
    "11": Incident(
        "the 'closing' line is a quote taken while the game was on",
        "only lines known before tip-off are read; later ones are kept and flagged",
    ),
    "12": Incident(
        "the code is mended, the stored features are still the old ones",
        "the definition is part of a snapshot's id and of a model's contract",
    ),
    "13": Incident(
        "a feature stands still for days or months, and passes since its value is plausible",
        "range, variance, distinct counts and a constant away from recent nights block its readers",
    ),
    "14": Incident(
        "games a player sat out pull their averages towards zero",
        "windows hold the games they played",
    ),
    "15": Incident(
        "one average score hides that a whole category of features is made of defaults",
        "nothing is made up: what is unknown is null with a reason, and each category counts",
    ),
    "16": Incident(
        "a value from a second source carries the name of the first",
        "every value says how it was come by, from which rows, known since when",
    ),
    "17": Incident(
        "features served are not computed like those trained on, and the model is worth nothing",
        "one query makes both, bit for bit the same",
    ),
    "18": Incident(
        "a model file means something else to another version of its library",
        "a model must give its golden answers when it is loaded, or it is refused",
    ),
    "19": Incident(
        "a model is switched off, its picks stay up",
        "a retired model is withdrawn by a publication that says why",
    ),
    "20": Incident(
        "the eighteenth number of a row is taken for something else than it is",
        "nothing is read by position; columns may stand in any order",
    ),
    "21": Incident(
        "two writers check, both find nothing, both write",
        "keys are checked inside the one commit at a time; of two racing runs one publishes",
    ),
    "22": Incident(
        "a write reports success and has stored nothing",
        "a commit counts what it stored; a run that predicts nobody exits with 1",
    ),
    "23": Incident(
        "one broken game, and the whole night is rejected",
        "bad rows are set aside with their reason, the others are stored",
    ),
    "24": Incident(
        "a request that cannot succeed is repeated hundreds of times",
        "an error's type says whether trying again makes sense; attempts are bounded; what cannot"
        " be taken is set aside once and shown",
    ),
    "25": Incident(
        "a worker of last week's build writes the mended error back",
        "each row carries the code that made it, a run has one version, and another build's set is"
        " not taken for current",
    ),
    "26": Incident(
        "a failing query is read as an empty answer, for days",
        "what cannot be read is an error and publishes nothing; an empty answer is an answer",
    ),
    "27": Incident(
        "who sat out has lost; whose box score is missing has sat out",
        "void needs proof, and what is not known waits",
    ),
    "28": Incident(
        "the same game has two ids, by which team is named first",
        "one id per game, made in one place, whatever the source calls it",
    ),
    "29": Incident(
        "files of a day called TODAY",
        "dates are read where they come in, and are dates from there on",
    ),
    "30": Incident(
        "an invented line for who has none, and no grade for who really had that line",
        "no market number is invented; absent is null and NO_LINE",
    ),
    "31": Incident(
        "a bug in a model on trial takes everybody's predictions down",
        "whatever a model raises, when read, loaded or scored, refuses its own forecasts only; a"
        " shadow that never answers is not waited for",
    ),
    "32": Incident(
        "the gate breaks and lets everybody through",
        "a gate that cannot answer publishes nobody",
    ),
    "33": Incident(
        "three books of runs with three different totals",
        "one ledger, written in the commit that publishes",
    ),
    "34": Incident(
        "jobs vanish, and everything that is left reports that all is well",
        "doctor compares what should exist with what does: a missing slate is a problem",
    ),
    "35": Incident(
        "alerts fire and reach nobody",
        "an alert rule without a destination does not start",
    ),
    "36": Incident(
        "a line ends up with another player, or with the wrong game, or with nobody",
        "names are resolved from earlier games only; the doubtful is counted, not guessed",
    ),
    "37": Incident(
        "a player is ruled out and their prop stays up",
        "availability is read as of the run; a newer status makes the next run replace the set",
    ),
    "38": Incident(
        "grades are changed in place, and forecasts made after the game count",
        "grades are appended; the live record holds what was committed before tip-off",
    ),
    "39": Incident(
        "rookies fall out of a join and nobody counts the rows",
        "rows come out as they went in, in order; what is missing is null and says why",
    ),
    "40": Incident(
        "settings change under a running model, and no pick knows which it was made with",
        "settings and gates are stored with the run; a change makes a new set",
    ),
}

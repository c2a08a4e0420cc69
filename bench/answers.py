"""An operator's questions about a real slate, each a cold process."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.champions import DAY
from bench.measure import tipoff
from bench.slate import TIMES, line, worth
from tipoff import clock
from tipoff.lake import Lake

Row = tuple[str, str, str, str]
BAR = 2
_PUBLISHED = """
  SELECT player_key, line_ids[1] FROM forecast.prediction JOIN forecast.publication USING (run_id)
  WHERE slate = $day AND market = 'points' AND line_ids[1] IS NOT NULL
  ORDER BY seq DESC, prediction_id LIMIT 1"""


def measure(folder: Path) -> Iterator[Row]:
    """Every question of docs/answers.md that a published slate answers: the best of three."""
    for what, words in questions(folder).items():
        quickest = min((tipoff(folder, *words) for _ in range(TIMES)), key=worth)
        yield line(what, quickest, BAR)


def questions(folder: Path) -> dict[str, list[str]]:
    """What is asked, of a player with a line and of the row that line came from."""
    with Lake.open(folder) as lake, lake.reading() as r:
        player, row = r.rows(_PUBLISHED, {"day": date.fromisoformat(DAY)})[0]
    return {
        "why are they on the slate": ["why", player, DAY],
        "impact of a row their line came from": ["impact", row],
        "diff of two sets": ["diff", DAY, "1", "2"],
        "slate --at this moment": ["slate", DAY, "--at", clock.now().isoformat()],
        "doctor of the date": ["doctor", DAY],
        "doctor of the lake": ["doctor"],
    }

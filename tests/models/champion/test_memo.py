"""A memo makes each answer once and forgets the ones unused longest."""

from tipoff.models.champion.memo import Memo


def test_an_answer_is_made_once_and_the_one_unused_longest_is_forgotten() -> None:
    made: list[str] = []
    memo: Memo[str] = Memo(2)

    def ask(key: str) -> str:
        return memo.get(key, lambda: made.append(key) or key.upper())  # type: ignore[func-returns-value]

    assert [ask(k) for k in "abab"] == list("ABAB")
    assert made == ["a", "b"]
    ask("c")
    ask("b")
    assert made == ["a", "b", "c"]
    ask("a")
    assert made == ["a", "b", "c", "a"]

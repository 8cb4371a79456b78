"""What was made of a word is kept, and never more than is good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from shared.language.kept import LONGEST_KEPT_LETTERS, Kept


class Press:
    """Makes capitals, and remembers of what."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, word: str) -> str:
        self.made.append(word)
        return word.upper()


def test_a_word_is_made_once():
    press = Press()
    kept = Kept(press, 4)
    assert [kept["visa"], kept["pact"], kept["visa"]] == ["VISA", "PACT", "VISA"]
    assert press.made == ["visa", "pact"]


def test_a_word_that_is_met_again_outlives_many_that_are_not():
    press = Press()
    kept = Kept(press, 4)
    for number in range(100):
        assert kept["visa"] == "VISA"
        kept[f"strange{number}"]
    assert press.made.count("visa") == 1
    assert len(kept) <= 4


def test_a_word_too_long_to_be_one_is_made_and_not_kept():
    press = Press()
    kept = Kept(press, 4)
    endless = "x" * (LONGEST_KEPT_LETTERS + 1)
    assert kept[endless] == kept[endless] == endless.upper()
    assert len(kept) == 0
    assert press.made == [endless, endless]


def test_threads_that_share_it_are_answered_alike():
    kept = Kept(str.upper, 8)
    words = [f"word{number % 23}" for number in range(5_000)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: [kept[word] for word in words], range(4)))
    assert answers == [[word.upper() for word in words]] * 4

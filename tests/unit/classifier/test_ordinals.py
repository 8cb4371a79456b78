"""Sessions that share a number or a body are told apart by number, body and year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.classifier.domain.judge import Judge
from services.classifier.domain.ordinals import numbers_in
from shared.contracts.verdict import ArticleText


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("the 22nd session and the 23rd India-Russia annual summit", {22, 23}),
        ("22-е заседание комиссии", {22}),
        ("протокол 21-го заседания", {21}),
        ("XXIII российско-индийский саммит", {23}),
        ("आयोग के 22वें सत्र और 23वें भारत-रूस शिखर सम्मेलन", {22, 23}),
        ("22 December, 22 ships and the 22nd floor", set()),
    ],
)
def test_the_numbers_of_sessions_are_read_in_three_languages(text: str, numbers: set[int]) -> None:
    assert numbers_in(text) == numbers


def found(judge: Judge, title: str, text: str, year: int) -> set[str]:
    article = ArticleText(id="t", title=title, text=text, published=datetime(year, 12, 6, tzinfo=UTC))
    return {finding.id for finding in judge.judge(article).agreements}


@pytest.mark.parametrize(("number", "is_it"), [("22nd", True), ("21st", False), ("23rd", False)])
def test_a_protocol_is_that_of_its_own_session(judge: Judge, number: str, is_it: bool) -> None:
    title = f"India-Russia military cooperation commission holds {number} session"
    text = (
        f"The {number} session of the India-Russia Inter-Governmental Commission on Military Technical Cooperation "
        "ended in New Delhi. The ministers signed the protocol of the meeting."
    )
    assert ("irigc-mmtc-22-protocol" in found(judge, title, text, 2025)) is is_it


def test_a_joint_statement_of_another_year_is_another_statement(judge: Judge) -> None:
    title = "India-Russia joint statement adopted after Modi-Putin summit"
    assert "joint-statement-2025" in found(judge, title, title, 2025)
    assert "joint-statement-2025" not in found(judge, title, title, 2021)

"""One short text judged: its verdict, and the stages of what is found in it."""

from __future__ import annotations

from datetime import UTC, datetime

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import ArticleText, Language, Verdict


def verdict(judge: Judge, title: str, text: str = "", day: str = "2026-03-10", language: Language = "en") -> Verdict:
    published = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return judge.judge(ArticleText(id="t", title=title, text=text, published=published, language=language))


def stages(judge: Judge, title: str, text: str = "", day: str = "2026-03-10") -> dict[str, str | None]:
    return {found.id: found.stage for found in verdict(judge, title, text, day).agreements}

"""axe-core's judgement of a page, as it stands in the browser."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.async_api import Page

_ASK = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .flatMap((rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.target.join(" ")}`))"""


@cache
def _axe() -> str:
    return (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")


async def violations(page: Page) -> list[str]:
    """What breaks a rule, and where; the page's own policy does not let axe in by an element, so it is evaluated."""
    await page.evaluate(_axe())
    found: list[str] = await page.evaluate(_ASK)
    return found

"""What axe-core finds wrong with a page: the rules of WCAG 2.2 A and AA, and of good practice."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
_RUN = """() => axe.run(document).then((found) => found.violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`)))"""


async def violations(page: Page) -> list[str]:
    """Return each violation on the page as it stands, with the element that has it."""
    if not await page.evaluate("typeof axe !== 'undefined'"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))  # not as an element, which the policy forbids
    found: list[str] = await page.evaluate(_RUN)
    return found

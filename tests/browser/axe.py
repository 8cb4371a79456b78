"""What axe-core finds wrong with a page: barriers for those who do not see it, or have no mouse."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
_RUN = """async () => {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, { runOnly });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html} ${node.failureSummary}`));
}"""


async def violations(page: Page) -> list[str]:
    """Return each violation as a line: the rule, the element and what would mend it."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))  # by the debugger: the page's own policy takes no such script
    return list(await page.evaluate(_RUN))

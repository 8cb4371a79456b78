"""What axe-core finds wrong with a page: barriers for those who do not see it, or have no mouse."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
_EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLOURS = ["color-contrast"]  # all of axe's rules that a theme can break
_RUN = """async (runOnly) => {
  const found = await axe.run(document, { runOnly });
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html} ${node.failureSummary}`));
}"""


async def violations(page: Page) -> list[str]:
    """Return each violation as a line: the rule, the element and what would mend it, in both themes."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))  # by the debugger: the page's own policy takes no such script
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = await page.evaluate(_RUN, {"type": "tag", "values": _EVERYTHING})
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark = await page.evaluate(_RUN, {"type": "rule", "values": _COLOURS})
    return [*light, *dark]

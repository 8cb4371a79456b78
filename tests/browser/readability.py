"""What a page says of itself: texts that do not stand out from their ground, and controls that have no name."""

from __future__ import annotations

# WCAG 2.2, contrast (1.4.3): at least 4.5 to 1, reckoned from relative luminance.
FAINT_TEXTS = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = channels(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
    if (!own) continue;
    const pair = [channels(getComputedStyle(element).color), ground(element)].map(luminance).sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) faint.push(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return faint;
}"""

# Fields without a label, and buttons and links without words: nobody who listens to the page knows what they are.
UNNAMED = """() => [...document.querySelectorAll("input:not([type=hidden]):not([hidden]), button, a")]
  .filter((each) => each.matches("input") ? each.labels.length === 0 : each.textContent.trim() === "")
  .map((each) => each.outerHTML)"""

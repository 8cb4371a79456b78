"""What an ended subscription leaves unsent, in a line."""

from __future__ import annotations


def cancelled_deliveries(count: int) -> str:
    """Return the line that tells how many deliveries an ended subscription leaves unsent."""
    return f"{count} {'delivery that waits for it is' if count == 1 else 'deliveries that wait for it are'} cancelled."

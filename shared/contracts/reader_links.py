"""What tokens in readers' links are for; a token made for one purpose opens nothing else."""

from __future__ import annotations

UNSUBSCRIBE = "unsubscribe"
FEED = "feed"

"""The queries that a subscription to an agreement or a sector stands for."""

from __future__ import annotations


def implicit_agreement_query(agreement_id: str) -> str:
    """The query of the system rule behind an agreement's subscription: agreement:relos."""
    return f"agreement:{agreement_id}"


def implicit_sector_query(sector_id: str) -> str:
    """The query of the system rule behind a sector's subscription: sector:energy."""
    return f"sector:{sector_id}"

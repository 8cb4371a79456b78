"""Postgres and the reading child behind the scraper's ports."""

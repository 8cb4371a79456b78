"""Postgres behind the classifier's ports."""

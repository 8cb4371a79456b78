"""Trains the sector head: a linear model over word stems, beside the curated words of the catalogue."""

"""The classifier: judges each published article and announces the verdict."""

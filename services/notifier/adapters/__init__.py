"""The notifier's doors: its queries, and the channels."""

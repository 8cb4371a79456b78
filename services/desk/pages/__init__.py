"""The desk's web pages: routes, what they look like, and what every answer is guarded with."""

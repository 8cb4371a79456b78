"""What a service stands on, what it brings, and how one or several of them run in one process."""

"""The notifier: raises alerts for what matches, and delivers each of them once."""

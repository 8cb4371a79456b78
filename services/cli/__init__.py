"""The `pactwatch` command: the only room that may know every service."""

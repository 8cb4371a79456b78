"""From the files that people hand us to values: pure functions, whatever the bytes."""

"""From lines of files to values: pure functions that refuse what is wrong by field, value and mend."""

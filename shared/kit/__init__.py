"""Pure ground: values, names and arithmetic that every room may use; `clock` is the one reader of wall time."""

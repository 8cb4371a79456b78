"""The desk: what people define, and the pages that show them what came of it."""

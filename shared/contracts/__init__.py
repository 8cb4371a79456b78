"""What services say to each other: events, streams, the verdict."""

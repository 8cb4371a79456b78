"""Tables and transactions: one table module per owner, named in its first line; the owner alone writes to it."""

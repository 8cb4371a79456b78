"""The engines of a laptop: a real NATS server and a real Postgres as child processes of one parent."""

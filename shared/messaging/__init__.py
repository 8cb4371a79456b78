"""The one door to NATS: connection, streams, subscriptions, redelivery, quarantine, relay."""

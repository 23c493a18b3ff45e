"""The event path: topology on the broker, envelopes, the relay that publishes, the consumer that applies."""

"""Forms of accounts' requests, answers and events."""

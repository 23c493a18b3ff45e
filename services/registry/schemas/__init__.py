"""Forms of the registry's requests, answers and events: one module a subject."""

"""Forms of funding's requests, answers and events: one module a subject."""

"""Forms of the requests, answers and events of needs: one module a subject."""

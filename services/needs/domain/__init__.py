"""Rules of needs, pure: one module a subject."""

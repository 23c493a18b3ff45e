"""Rules of funding, pure: one module a subject."""

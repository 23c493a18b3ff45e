"""Rules of the registry, pure: one module a subject."""

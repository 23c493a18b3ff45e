"""What can be done in the registry: one module a subject."""

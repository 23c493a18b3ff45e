"""What can be asked of the registry: one module a subject."""

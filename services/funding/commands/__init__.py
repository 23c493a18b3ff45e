"""What can be done in funding: one module a subject."""

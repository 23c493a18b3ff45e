"""Routes of funding: one module a subject, put together in the service."""

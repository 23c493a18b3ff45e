"""What can be asked of needs, records owned here and copies of those owned by other nodes: one module a subject."""

"""What can be done with needs: one module a subject."""

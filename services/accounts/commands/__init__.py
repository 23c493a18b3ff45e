"""What can be done in accounts, by subject."""

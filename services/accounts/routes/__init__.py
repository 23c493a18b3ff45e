"""Accounts' entrypoints, by subject."""

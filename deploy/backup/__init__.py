"""Backup of one node to one file while it runs, and its restore."""

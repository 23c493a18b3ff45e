"""What can be asked of funding: records owned here and copies of those owned by other nodes."""

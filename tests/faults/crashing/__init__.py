"""The test build of a node: the launcher with places to die at. The product knows nothing of it."""

"""The operators' side: command line, launcher, links between nodes, embedded broker and store, scenarios."""

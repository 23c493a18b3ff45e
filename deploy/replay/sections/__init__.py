"""The sections of a scenario, each turned into steps by a module of its own."""

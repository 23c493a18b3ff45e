"""The path of an event, from a command over HTTP to another service's read model, held against what the machine can do.

    make bench                                              # everything; ends with a table and .run/bench.json
    python -m tests.bench.path --only ours --events 3000    # what a command costs, by process

Each part of the measurement is a module here; `__main__` runs those that are asked for.
"""

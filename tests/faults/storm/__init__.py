"""A storm: clients give commands at three tiers while a seeded nemesis breaks what it can, and a checker looks on.

    python -m tests.faults.storm [--seed N] [--minutes M] [--long] [--resume]

See docs/decisions/0042-a-storm-from-a-seed-and-a-checker-from-outside.md.
"""

LAUNCHER = "tests.faults.storm.launcher"  # never imported beside others: it patches for eventlet
CLOCKS = "HATCHERY_CLOCKS"  # names the folder that says by how much nodes' clocks are wrong

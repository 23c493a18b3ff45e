"""The test build of a node: the launcher with places to die at, and with switches that break the event path. The
product knows nothing of either (docs/decisions/0041-places-to-die-at-are-patched-in-from-outside.md).

Nodes of the test build are started by `RunningNode(..., launcher=LAUNCHER)`; they are forked from a preloaded process
like all others. What a launcher gets in its environment holds for the services that it starts:

    crashes = labels.Crashes(folder)          # keeps what has died where; one for all nodes, or one for each
    os.environ.update(crashes.environment)    # before the nodes are started
    crashes.arm()                             # from now on the first process of a service at a place dies there
    ...                                       # `labels.AT_STOP` are reached by a SIGTERM to a service only
    crashes.disarm()
    labels.missing(crashes.reached(), services), labels.table(crashes.reached(), services)

`switches.VARIABLE` names a switch. Without either a node of the test build behaves as the product does.
"""

LAUNCHER = "tests.faults.crashing.launcher"

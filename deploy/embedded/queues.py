"""Quorum queues whose processes have all ended while the broker runs.

They write to one log together. Where its process dies several times within seconds, as it does on a disk without space,
RabbitMQ 3.10 gives up all of them and starts none again: nothing can be published or consumed any more, though broker
and management answer. Started again, the broker has them all, with what they held.
"""

from __future__ import annotations

from collections.abc import Mapping

from deploy.embedded.erlang import NoAnswer, ask

# How many quorum queues this broker has, and how many of them have no process.
LOOK = """
Durable = case ets:whereis(rabbit_durable_queue) of undefined -> []; Table -> ets:tab2list(Table) end,
Quorum = [Name || Queue <- Durable, amqqueue:get_type(Queue) =:= rabbit_quorum_queue,
    {Name, Where} <- [amqqueue:get_pid(Queue)], Where =:= node()],
{length(Quorum), length([Name || Name <- Quorum, whereis(Name) =:= undefined])}.
"""


def have_ended(node: str, environment: Mapping[str, str]) -> bool:
    """Whether there are quorum queues, and none of them runs. False where that cannot be learnt. One queue alone is
    without a process for a moment while it is declared."""
    try:
        told = ask(node, environment, LOOK)
        queues, ended = (int(figure) for figure in told.strip("{}").split(","))
    except (NoAnswer, ValueError):
        return False
    return queues == ended > 0

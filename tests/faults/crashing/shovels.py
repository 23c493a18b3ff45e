"""A link's shovel dies in mid hand-over: with messages that it has been given and has not passed on, or with messages
that the far side has confirmed and the near side does not know of yet.

From outside of the broker neither moment can be hit. From within it can be: a process of Erlang can be made to stand
still, what has come for it be looked at, and be killed while it stands. A shovel that was killed is started again by
the broker, after the link's pause of some seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from deploy.embedded import Embedded
from deploy.links import DESCEND, RISE
from tests.faults.alarms import evaluate

# Of a message that has come for the shovel's process (amqp091, RabbitMQ 3.10), as an Erlang pattern.
_COME: Mapping[str, str] = {
    "shovel-given": "{{'basic.deliver', _, _, _, _, _}, _}",  # not passed on yet
    "shovel-confirmed": "{'basic.ack', _, _}",  # by the far side; the near side still holds it
}
PLACES = tuple((name, label) for name in (RISE, DESCEND) for label in _COME)

_KILL = """
Workers = fun() -> [Worker
    || {{<<"%(vhost)s">>, <<"%(name)s">>}, Above, _, _}
           <- mirrored_supervisor:which_children(rabbit_shovel_dyn_worker_sup_sup), is_pid(Above),
       {_, Worker, worker, _} <- supervisor2:which_children(Above), is_pid(Worker)] end,
Has = fun(Worker) ->
    {messages, Come} = erlang:process_info(Worker, messages),
    lists:any(fun(%(pattern)s) -> true; (_) -> false end, Come) end,
Try = fun(Worker) ->
    true = erlang:suspend_process(Worker),
    timer:sleep(%(still)d),
    case Has(Worker) of
        true -> exit(Worker, kill), killed;
        false -> erlang:resume_process(Worker), alive
    end end,
Look = fun Again(0) -> missed; Again(Left) ->
    case catch lists:map(Try, Workers()) of
        [killed] -> killed;
        _ -> timer:sleep(1), Again(Left - 1)
    end end,
Look(%(looks)d)
"""
_STILL = 20  # milliseconds: a confirm of the far side comes within a few


def kill(embedded: Embedded, vhost: str, name: str, label: str, within: float = 20.0) -> bool:
    """Whether the shovel `rise` or `descend` of the virtual host was killed at this place within so many seconds of
    traffic; False where it never came there."""
    looks = int(within * 1000 / (_STILL + 1))
    told = {"vhost": vhost, "name": name, "pattern": _COME[label], "still": _STILL, "looks": looks}
    return "killed" in evaluate(embedded, _KILL % told)

"""Streams that the broker left inaccessible when it was killed, brought back.

When a stream's process is started, the broker's stream coordinator has a task write down where it runs, and remembers
that it is under way. Killed meanwhile, RabbitMQ before 3.11.3 waits for that task for good, through all further starts:
the stream runs and nobody finds it ("home node of durable queue is down or inaccessible"), and with it nothing can be
published to the exchanges that feed it. https://github.com/rabbitmq/rabbitmq-server/issues/6179; later versions do by
themselves what `HEAL` does: they tell the coordinator that the task has failed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.erlang import NoAnswer, NotInstalled, ask

log = logging.getLogger(__name__)

WITHIN = 20.0  # seconds until the broker's coordinator has started all streams
_PAUSE = 0.5  # seconds between two attempts

# How many streams' tasks are of an earlier start, and were told to have failed, and how many streams the coordinator
# has not started yet. What is of another shape, as in other versions of RabbitMQ, is left alone.
HEAL = """
Node = node(),
All = case rabbit_stream_coordinator:state() of
    State when element(1, State) =:= rabbit_stream_coordinator -> maps:values(element(2, State));
    _ -> []
end,
Streams = [{Id, Epoch, Began} || {stream, Id, Epoch, _, _, _, _, _, _, {updating, Began}, _} <- All],
Stuck = [One || {_, Epoch, Began} = One <- Streams, Began < Epoch],
[ra:process_command({rabbit_stream_coordinator, Node},
    {action_failed, Id, #{action => updating_mnesia, node => Node, index => 1, epoch => Began}})
    || {Id, _, Began} <- Stuck],
Durable = case ets:whereis(rabbit_durable_queue) of undefined -> []; Table -> ets:tab2list(Table) end,
Declared = [Queue || Queue <- Durable, amqqueue:get_type(Queue) =:= rabbit_stream_queue],
{length(Stuck), max(0, length(Declared) - length(All)) + length(Streams) - length(Stuck)}.
"""


def heal(node: str, environment: Mapping[str, str]) -> int:
    """How many streams of the running broker were brought back. `environment` is the broker's own, which has its
    cookie and its name server. Never fails: what could not be looked at is logged."""
    healed, end = 0, time.monotonic() + WITHIN
    while True:
        told = ""
        try:
            stuck, starting = _look(node, environment)
        except NotInstalled as lacking:
            log.warning("%s: streams are not looked at", lacking)
            return 0
        except NoAnswer as error:
            stuck, starting, told = 0, 0, str(error)
        healed += stuck
        if not (stuck or starting or told) or time.monotonic() > end:
            break
        time.sleep(_PAUSE)
    if healed:
        log.warning("%d streams that nobody could reach were brought back", healed)
    if told:
        log.warning("streams could not be looked at: %s", told)
    return healed


def _look(node: str, environment: Mapping[str, str]) -> tuple[int, int]:
    """Streams that were stuck, and those that are being started. Raises NoAnswer."""
    told = ask(node, environment, HEAL)
    try:
        stuck, starting = (int(figure) for figure in told.strip("{}").split(","))
    except ValueError:
        raise NoAnswer(told[:500]) from None
    return stuck, starting


def existed(data: Path) -> bool:
    """Whether a broker ran on this data before."""
    return data.is_dir() and any(data.iterdir())

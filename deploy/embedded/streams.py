"""Streams that the broker left inaccessible when it was killed or its disk was full, brought back or given up.

When a stream's process is started, the broker's stream coordinator has a task write down where it runs, and remembers
that it is under way. Killed meanwhile, RabbitMQ before 3.11.3 waits for that task for good, through all further starts:
the stream runs and nobody finds it ("home node of durable queue is down or inaccessible"), and with it nothing can be
published to the exchanges that feed it. https://github.com/rabbitmq/rabbitmq-server/issues/6179; later versions do by
themselves what `HEAL` does: they tell the coordinator that the task has failed.

The coordinator keeps a log of its own. One that a full disk has left a gap in ends it at each start, or leaves it
without some streams. Those are given up with what they held, so that they can be declared anew; with them nothing could
be published at all.
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

# What the coordinator knows of streams, and which are declared. What is of another shape, as in other versions of
# RabbitMQ, is left alone.
_KNOWN = """
Runs = whereis(rabbit_stream_coordinator) =/= undefined,
All = case Runs andalso rabbit_stream_coordinator:state() of
    State when element(1, State) =:= rabbit_stream_coordinator -> maps:values(element(2, State));
    _ -> []
end,
Durable = case ets:whereis(rabbit_durable_queue) of undefined -> []; Table -> ets:tab2list(Table) end,
Declared = [Queue || Queue <- Durable, amqqueue:get_type(Queue) =:= rabbit_stream_queue],
"""
# How many streams' tasks are of an earlier start, and were told to have failed, and how many streams the coordinator
# has not started yet.
HEAL = (
    _KNOWN
    + """
Node = node(),
Streams = [{Id, Epoch, Began} || {stream, Id, Epoch, _, _, _, _, _, _, {updating, Began}, _} <- All],
Stuck = [One || {_, Epoch, Began} = One <- Streams, Began < Epoch],
[ra:process_command({rabbit_stream_coordinator, Node},
    {action_failed, Id, #{action => updating_mnesia, node => Node, index => 1, epoch => Began}})
    || {Id, _, Began} <- Stuck],
{length(Stuck), max(0, length(Declared) - length(All)) + length(Streams) - length(Stuck)}.
"""
)
# How many streams were given up, since the coordinator does not run or does not know them, and will not. Nothing where
# one that runs knows streams of another shape.
GIVE_UP = (
    _KNOWN
    + """
Named = [Name || {stream, _, _, {resource, _, queue, _} = Name, _, _, _, _, _, _, _} <- All],
Lost = [Queue || length(Named) =:= length(All), Queue <- Declared,
    not lists:member(amqqueue:get_name(Queue), Named)],
(not Runs) andalso Lost =/= [] andalso
    ra:force_delete_server(coordination, {rabbit_stream_coordinator, node()}),
[begin
    #{name := Folder} = amqqueue:get_type_state(Queue),
    rabbit_amqqueue:internal_delete(amqqueue:get_name(Queue), <<"hatchery">>),
    file:del_dir_r(filename:join([rabbit_mnesia:dir(), "stream", Folder]))
end || Queue <- Lost],
length(Lost).
"""
)


def heal(node: str, environment: Mapping[str, str]) -> int:
    """How many streams of the running broker were brought back. Those that the broker can start no more are given up.
    `environment` is the broker's own, which has its cookie and its name server. Never fails: what could not be looked
    at is logged."""
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
    elif starting:
        _give_up(node, environment)
    return healed


def _give_up(node: str, environment: Mapping[str, str]) -> None:
    try:
        given_up = ask(node, environment, GIVE_UP)
    except NoAnswer as error:
        log.warning("streams that do not start could not be looked at: %s", error)
        return
    if given_up != "0":
        log.error(
            "%s streams were given up, with what they held: the broker's record of them is damaged, as by a full disk. "
            "Services declare theirs anew; who remembers an offset of events.log begins at its first",
            given_up,
        )


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

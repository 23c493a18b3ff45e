"""Requests of persons about their data, as the gateway receives them: commands and rules."""

from __future__ import annotations

from typing import Any

from statemachine import State, StateMachine

from services.gateway import subjects
from services.gateway.documents import DataRequest
from shared import workdays
from shared.call import Call
from shared.errors import Refused, Text
from shared.lifecycle import advance
from shared.persons.references import reference
from shared.store import command, load, new, save

Data = dict[str, Any]

# 及时 in 个人信息保护法 50 has no number; App违法违规收集使用个人信息行为认定方法 (国信办秘字〔2019〕191号) 6 takes
# 15 working days as the longest for correcting and erasing. GB/T 35273-2020 8.7 allows 30 days.
DUE_WORKING_DAYS = 15


class DataRequestLife(StateMachine):
    """From receipt to the moment when nothing is left that tells who asked."""

    received = State(initial=True)
    refused = State()
    closed = State(final=True)

    refuse = received.to(refused)
    close = received.to(closed) | refused.to(closed)


@command
def receive(call: Call, body: Data) -> DataRequest:
    """Receive a request of a person who has shown who they are. It is due in DUE_WORKING_DAYS."""
    call.authorise(body["area"])
    due = workdays.deadline(call.now, DUE_WORKING_DAYS, "working_days")
    request = new(call.cleared(), DataRequest, area=body["area"], at=call.node.area)
    request.kind, request.person, request.identity = body["kind"], body["person"], body["identity"]
    telling = {value for name, value in body["person"].items() if name != "name"}  # namesakes are others
    request.references = sorted(reference(call.node, value) for value in telling)
    request.due_at, request.due_certain = due.at, due.certain
    return save(call, request, subjects.DATA_REQUEST_RECEIVED)


@command
def refuse(call: Call, identifier: str, reasons: str) -> DataRequest:
    """Refuse it, with reasons (个人信息保护法 50)."""
    request = load(call, DataRequest, identifier)
    request.status = advance(DataRequestLife, request.status, "refuse")
    request.reasons = reasons
    return save(call, request, subjects.DATA_REQUEST_REFUSED)


@command
def close(call: Call, identifier: str) -> DataRequest:
    """Close a request that was refused, or that all services of the node have carried out; who asked is forgotten.

    Raises Refused naming the services that have not.
    """
    request = load(call, DataRequest, identifier)
    missing = sorted(set(call.node.services) - {done["service"] for done in request.executions})
    if request.status == "received" and missing:
        raise Refused(
            "not-carried-out",
            Text(f"Not carried out yet: {', '.join(missing)}.", f"尚未办理的服务：{'、'.join(missing)}。"),
            Text("Carry it out at each service, then close it.", "请在各服务办理后再办结。"),
            field="id",
        )
    request.status = advance(DataRequestLife, request.status, "close")
    request.person, request.references, request.closed_at = None, [], call.now
    return save(call, request, subjects.DATA_REQUEST_CLOSED)


@command
def note_execution(call: Call, data: Data) -> DataRequest:
    """Record what a service of this node has done."""
    request = load(call, DataRequest, data["request"])
    done = {name: data[name] for name in ("service", "found", "changed", "kept", "reasons")}
    request.executions = [*request.executions, done | {"at": call.now}]
    return save(call, request, subjects.DATA_REQUEST_EXECUTED)

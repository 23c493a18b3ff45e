"""The AsyncAPI 3 document of a service, made from the event types it publishes and the table it handles.

The official AMQP binding of CloudEvents is for AMQP 1.0; ours for AMQP 0-9-1 is: the whole event as structured
JSON in the body, `message_id` = id, `type` = type, header `traceparent`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from shared.events import directed, topology
from shared.events.envelope import CONTENT_TYPE
from shared.events.handlers import Handler
from shared.events.types import EventType

if TYPE_CHECKING:
    from shared.service import Service

_ENVELOPE: dict[str, Any] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "format": "uuid"},
    "source": {"type": "string", "pattern": r"^/\d{6}(\d{3}){0,2}/[a-z]+$"},
    "type": {"type": "string"},
    "subject": {"type": "string"},
    "time": {"type": "string", "format": "date-time"},
    "datacontenttype": {"const": "application/json"},
    "dataschema": {"type": "string"},
    "sequence": {"type": "integer", "minimum": 1, "description": "per subject, without gaps"},
    "epoch": {"type": "integer", "minimum": 1, "description": "raised when the publisher was restored"},
    "area": {"type": "string", "pattern": r"^\d{6}(\d{3}){0,2}$"},
    "owner": {
        "type": "string",
        "pattern": r"^\d{6}(\d{3}){0,2}$",
        "description": "the node that owns the record as of this event; default: the one in `source`",
    },
    "seat": {
        "type": "string",
        "pattern": r"^\d{6}(\d{3}){0,2}$",
        "description": "the area whose node ought to own the record",
    },
    "audience": {"enum": list(topology.AUDIENCES)},
    "causationid": {"type": "string"},
    "correlationid": {"type": "string"},
    "traceparent": {"type": "string"},
    "directedto": {"type": "string", "description": "told again to this service of this node alone"},
}
_OPTIONAL = ("owner", "seat", "traceparent", "directedto")
_REQUIRED = [name for name in _ENVELOPE if name not in _OPTIONAL] + ["data"]


def document(service: type[Service], version: str) -> dict[str, Any]:
    """A valid AsyncAPI 3.0 document. Channels are named by event type; `receive` ones are patterns."""
    schemas = _Schemas()
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for event in (*service.publishes, *_after_restores(service)):
        messages[event.type] = _published(event, schemas)
        channels[event.type] = _channel(f"{event.type}.{event.audience}.{{area}}", event.type, topology.OWN)
        operations[f"send.{event.type}"] = _operation("send", event.type)
    for handler in service.handlers:
        name = f"{handler.service}.{handler.noun}.{handler.verb}".replace("*", "any")
        key = f"{name}.for.{handler.name.replace(' ', '-')}"
        messages[key] = _handled(handler, schemas)
        channels[key] = _channel(_address(handler), key, topology.ALL)
        operations[f"receive.{key}"] = _operation("receive", key)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Hatchery {service.name}",
            "version": version,
            "description": service.__doc__ or service.name,
            "license": {"name": "proprietary"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas.named()},
    }


def _after_restores(service: type[Service]) -> list[EventType]:
    subjects = dict.fromkeys(event.subject for event in service.publishes)
    return [event for subject in subjects for event in (subject.restored(), subject.lost())]


def _address(handler: Handler) -> str:
    if handler.service == "*":
        return f"{directed.FIRST}.{{target}}.{{service}}.{{audience}}.{{area}}"
    verb = handler.verb.replace("*", "{verb}")
    return f"{handler.service}.{handler.noun}.{verb}.{{audience}}.{{area}}"


class _Schemas:
    """JSON Schemas of marshmallow schemas, by their names."""

    def __init__(self) -> None:
        self._plugin = MarshmallowPlugin()
        self._spec = APISpec("events", "1", "3.1.0", plugins=[self._plugin])

    def ref(self, schema: type[Schema]) -> dict[str, Any]:
        assert self._plugin.converter is not None
        found: dict[str, Any] = self._plugin.converter.resolve_nested_schema(schema)  # type: ignore[no-untyped-call]
        return found

    def named(self) -> dict[str, Any]:
        return {name: _open(schema) for name, schema in self._spec.components.schemas.items()}


def _open(schema: dict[str, Any]) -> dict[str, Any]:
    """Later versions add fields. The schemas close what requests may say; readers of events ignore what they do not
    know, and a subscriber that validates has to do the same."""
    return {k: v for k, v in schema.items() if (k, v) != ("additionalProperties", False)}


def _payload(data: dict[str, Any], **narrowed: Any) -> dict[str, Any]:
    return {"type": "object", "required": _REQUIRED, "properties": _ENVELOPE | narrowed | {"data": data}}


def _published(event: EventType, schemas: _Schemas) -> dict[str, Any]:
    narrowed = {
        "type": {"const": event.type},
        "dataschema": {"const": event.subject.dataschema},
        "audience": {"const": event.audience},
    }
    return {
        "name": event.type,
        "title": f"{event.subject.term.en} {event.term.en} {event.subject.term.zh}{event.term.zh}",
        "contentType": CONTENT_TYPE,
        "payload": _payload(schemas.ref(event.state), **narrowed),
    }


def _handled(handler: Handler, schemas: _Schemas) -> dict[str, Any]:
    return {
        "name": f"{handler.service}.{handler.noun}.{handler.verb}",
        "title": f"{handler.kind}: {handler.name}",
        "contentType": CONTENT_TYPE,
        "payload": _payload(schemas.ref(handler.schema)),
    }


def _channel(address: str, message: str, exchange: str) -> dict[str, Any]:
    names = [part[1:-1] for part in address.split(".") if part.startswith("{")]
    described = {
        "area": "the area's codes from the district down, one word each",
        "audience": "public, area or node",
        "verb": "whatever happened",
        "target": "the service and node that it is directed to, <service>@<area>",
        "service": "the service that tells it",
    }
    return {
        "address": address,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "parameters": {name: {"description": described[name]} for name in names},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": exchange, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}

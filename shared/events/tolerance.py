"""What py-amqp cannot read of a message must not end the connection: the broker would send the message again, and the
service would lose its connection, or fall, each time.

It raises over text that is no UTF-8, over a date beyond the calendar and over headers nested without end, none of
which the broker minds. Such a message is handed to the consumer like any other, and becomes a dead letter there:
without its content type, or since its routing key is not what its envelope says.
"""

from __future__ import annotations

from typing import Any

from amqp import abstract_channel, serialization, spec

# Arguments of Basic.Deliver: consumer's tag, delivery's tag, redelivered, exchange, routing key.
_DELIVERY = "sLbss"


def install() -> None:
    serialization.PROPERTY_CLASSES[spec.Basic.CLASS_ID] = _properties
    abstract_channel.loads = _arguments


def _properties(buffer: bytes, offset: int) -> tuple[dict[str, Any], int]:
    """A message's properties and headers; none where one of them cannot be read."""
    try:
        read: tuple[dict[str, Any], int] = serialization.decode_properties_basic(buffer, offset)
    except Exception:
        return {}, len(buffer)
    return read


def _arguments(form: str, buffer: bytes, offset: int) -> tuple[list[Any], int]:
    """A method's arguments; of a delivery with the character � for what is no UTF-8."""
    try:
        read: tuple[list[Any], int] = serialization.loads(form, buffer, offset)
    except UnicodeDecodeError:
        if form != _DELIVERY:
            raise
        values, at = serialization.loads(_DELIVERY[:3], buffer, offset)
        for _ in _DELIVERY[3:]:
            start, at = at + 1, at + 1 + buffer[at]
            values.append(bytes(buffer[start:at]).decode(errors="replace"))
        return values, at
    return read

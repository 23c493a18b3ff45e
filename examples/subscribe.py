"""Print the events of a Hatchery node as JSON lines. Needs nothing of Hatchery: Python and pika (any AMQP 0-9-1
client will do). `hatchery subscriber add AREA NAME --binding 'registry.organisation.#'` prints the URI.

    python subscribe.py amqp://sub-230102-finance:PASSWORD@host:5672/230102 sub.finance
"""

import json
import sys

import pika

uri, queue = sys.argv[1:3]
connection = pika.BlockingConnection(pika.URLParameters(uri))
channel = connection.channel()
channel.basic_qos(prefetch_count=100)
try:
    for delivery, _properties, body in channel.consume(queue):
        event = json.loads(body)  # a CloudEvent 1.0; deliveries may repeat: tell them apart by source and id
        print(json.dumps(event, ensure_ascii=False), flush=True)
        channel.basic_ack(delivery.delivery_tag)  # only now it is yours: unacknowledged events come again
except KeyboardInterrupt:
    connection.close()

"""The embedded default: a private RabbitMQ node and a MongoDB-compatible store, as child processes.

For trying out, tests and small communities. Needs neither root nor a container, touches nothing of
a broker that the machine runs already, and leaves no process behind.
"""

from deploy.embedded.addresses import EmbeddedAddresses, NotRunning, free_ports
from deploy.embedded.broker import Broker
from deploy.embedded.child import StartFailed
from deploy.embedded.store import Store
from deploy.embedded.supervisor import Embedded

__all__ = ["Broker", "Embedded", "EmbeddedAddresses", "NotRunning", "StartFailed", "Store", "free_ports"]

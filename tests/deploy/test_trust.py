"""Which addresses nobody on the way can read, and how they get their CA."""

from pathlib import Path

import pytest

from deploy import trust
from deploy.trouble import Trouble

pytestmark = pytest.mark.unit

PRIVATE = [
    "amqps://u:p@broker.example/230102",
    "amqp://u:p@127.0.0.1:5672/230102",
    "amqp://localhost/230102",
    "http://[::1]:8100",
    "https://street.example",
    "mongodb://store.example/?tls=true",
    "mongodb://u:p@127.0.0.1:27017,localhost:27018/?replicaSet=rs0",
    "mongodb+srv://store.example/",
]
READABLE = [
    "amqp://u:p@broker.example/230102",
    "amqp://10.0.0.1/230102",
    "amqp://127.0.0.1.example/230102",
    "amqps://broker.example/x?verify=verify_none",
    "amqps://broker.example/x?server_name_indication=disable",
    "http://street.example:8100",
    "mongodb://store.example/",
    "mongodb://127.0.0.1,store.example/",
    "mongodb://store.example/?tls=true&tlsAllowInvalidCertificates=true",
    "mongodb://store.example/?tls=true&tlsInsecure=true",
]


@pytest.mark.parametrize("uri", PRIVATE)
def test_tls_and_loopback_are_private(uri):
    trust.check_private("it", uri, False)
    assert trust.is_private(uri)


@pytest.mark.parametrize("uri", READABLE)
def test_anything_else_is_refused_unless_allowed_and_never_repeated(uri):
    with pytest.raises(Trouble, match="--allow-plain") as refused:
        trust.check_private("the way to it", uri, False)
    assert uri not in str(refused.value)
    trust.check_private("the way to it", uri, True)


@pytest.mark.parametrize(
    ("uri", "wanted"),
    [
        ("amqps://b.example/v", "amqps://b.example/v?cacertfile=/etc/t/ca.pem"),
        ("amqps://b.example/v?heartbeat=5", "amqps://b.example/v?heartbeat=5&cacertfile=/etc/t/ca.pem"),
        ("amqps://b.example/v?cacertfile=/own.pem", "amqps://b.example/v?cacertfile=/own.pem"),
        ("amqp://127.0.0.1/v", "amqp://127.0.0.1/v"),
        ("https://a:b@b.example:15671", "https://a:b@b.example:15671?cacertfile=/etc/t/ca.pem"),
        ("mongodb://s.example?tls=true", "mongodb://s.example/?tls=true&tlsCAFile=/etc/t/ca.pem"),
        ("mongodb://127.0.0.1/", "mongodb://127.0.0.1/"),
        (None, None),
    ],
)
def test_an_encrypted_address_gets_the_folders_ca_unless_it_names_one(uri, wanted):
    assert trust.with_ca(uri, Path("/etc/t")) == wanted
    assert trust.with_ca(uri, None) == uri

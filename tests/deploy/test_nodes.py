"""`hatchery node add`, `remove` and `list` on a real broker."""

import stat
from dataclasses import replace

import pytest

from deploy.uris import parse
from shared import keys
from shared.events import topology
from shared.node import load
from tests.deploy.support import admin_url, channel, key, publish
from tests.harness import eventually

pytestmark = pytest.mark.service


@pytest.fixture
def street(hatchery, home, district):
    """A district with one street hanging on it; the street's area."""
    assert hatchery("node", "add", district, "--services", "registry,needs", "--port", "7100").code == 0
    area = f"{district}001"
    made = hatchery("node", "add", area, "--parent", district, "--services", "needs", "--port", "7110")
    assert made.code == 0, made
    return area


def files(home):
    return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in home.path.rglob("*") if p.is_file()}


def broker_state(admin, *vhosts):
    return {
        vhost: (
            sorted(admin.exchanges(vhost)),
            sorted(admin.queues(vhost)),
            sorted(b["properties_key"] for b in admin.bindings(vhost)),
            admin.shovel(vhost, "rise"),
            admin.shovel(vhost, "descend"),
        )
        for vhost in vhosts
    }


def test_a_dry_run_says_everything_and_changes_nothing(hatchery, home, district, admin):
    before = files(home)
    outcome = hatchery("node", "add", district, "--services", "all", "--dry-run")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert all(line.startswith("would ") for line in lines)
    assert any(f"create virtual host {district}" in line for line in lines)
    assert any(topology.LOG in line for line in lines)
    assert files(home) == before
    assert district not in admin.vhosts()
    assert admin.user_of(f"node-{district}") is None


def test_a_dry_run_of_a_child_leaves_both_brokers_as_they_were(hatchery, home, district, admin):
    hatchery("node", "add", district, "--services", "all")
    before, kept = broker_state(admin, district), files(home)
    outcome = hatchery(
        "node", "add", f"{district}001", "--parent", district, "--services", "none", "--dry-run"
    )
    assert outcome.code == 0
    assert f"would declare queues link.down.{district}001" in outcome.out
    assert "would set up shovel rise" in outcome.out
    assert broker_state(admin, district) == before
    assert files(home) == kept
    assert f"{district}001" not in admin.vhosts()
    assert admin.user_of(f"link-{district}001") is None


def test_an_added_node_is_described_with_what_its_services_need(street, home, district):
    node = load(home.description(street))
    assert node.parent == district
    assert node.services == ("needs",)
    assert node.url == "http://127.0.0.1:7110"
    assert keys.kid(street, keys.load_public(node.keys)).startswith(f"{street}.")
    address = parse(node.broker)
    assert (address.user, address.vhost) == (f"node-{street}", street)


def test_files_with_passwords_are_closed_to_others(street, home):
    for name in ("node.yaml", "operator.yaml", "keys/private.pem"):
        assert stat.S_IMODE((home.folder(street) / name).stat().st_mode) == 0o600


def test_no_password_is_ever_printed(hatchery, home, district):
    said = hatchery("node", "add", district, "--services", "all", "--dry-run").out
    said += hatchery("node", "add", district, "--services", "all").out
    said += hatchery("node", "add", f"{district}001", "--parent", district, "--services", "none").out
    link = home.operator(f"{district}001").link_password
    own = parse(home.node(district).broker).password
    assert link
    assert own
    for secret in (link, own, home.embedded().password):
        assert secret not in said


def test_a_second_run_changes_nothing_and_says_so(hatchery, home, street, district, admin):
    before, kept = broker_state(admin, district, street), files(home)
    outcome = hatchery("node", "add", street, "--parent", district, "--services", "needs", "--port", "7110")
    assert outcome.code == 0
    assert "nothing to change" in outcome.out
    assert broker_state(admin, district, street) == before
    assert files(home) == kept


def test_a_repeated_run_repairs_what_is_missing_and_only_that(hatchery, street, district, admin):
    admin.delete_shovel(street, "descend")
    admin.delete_exchange(district, topology.ingress(street))
    outcome = hatchery("node", "add", street)
    assert outcome.code == 0
    assert len(outcome.out.splitlines()) == 4, outcome.out
    assert f"declare exchanges {topology.ingress(street)}" in outcome.out
    assert "set up shovel descend" in outcome.out
    assert "nothing to change" in hatchery("node", "add", street).out


def test_queues_that_the_broker_can_read_no_more_are_made_anew_where_asked(
    hatchery, street, district, admin, embedded
):
    """As after a disk that was full to the last byte: RabbitMQ 3.10 then may find a gap in its log."""
    lost = {district: topology.service_queue("needs"), street: topology.LINK_UP}
    bound = {vhost: bindings_of(admin, vhost, queue) for vhost, queue in lost.items()}
    for vhost, queue in lost.items():
        damage(embedded.broker, f"'{vhost}_{queue}'")
    embedded.broker.stop()  # in order: queues as young as these others do not outlive a kill
    embedded.broker.start()
    eventually(lambda: all(admin.broken_queues(vhost) == {queue} for vhost, queue in lost.items()))
    assert "nothing to change" in hatchery("node", "add", street).out
    told = " ".join(hatchery("node", "status", district).out.split())
    assert f"queue {lost[district]} is down" in told
    assert f"hatchery node add {district} --replace-broken" in told
    dry = hatchery("node", "add", street, "--replace-broken", "--dry-run").out
    assert f"would delete broken queues {lost[street]}" in dry
    assert admin.broken_queues(street)
    done = hatchery("node", "add", street, "--replace-broken")
    assert f"hatchery node republish {district} --since TIME" in done.out
    assert f"the same for each node below {street}" in done.out
    hatchery("node", "add", district, "--replace-broken")
    assert not admin.broken_queues(district) | admin.broken_queues(street)
    assert {vhost: bindings_of(admin, vhost, queue) for vhost, queue in lost.items()} == bound
    assert "nothing to change" in hatchery("node", "add", street, "--replace-broken").out


def damage(broker, queue):
    """What the broker has written of the queue can be read no more when it starts next."""
    for written in (broker.home / "data").glob("*/quorum/*/*/config"):
        if f"{queue}," in written.read_text():
            written.write_text("damaged")
            return
    raise AssertionError(f"nothing is written of {queue}")


def bindings_of(admin, vhost, queue):
    found = [b for b in admin.bindings(vhost) if b["destination"] == queue and b["source"]]
    return sorted((b["source"], b["routing_key"]) for b in found)


def test_changed_options_change_the_description_and_keep_the_rest(hatchery, home, street):
    before = home.node(street)
    outcome = hatchery("node", "add", street, "--services", "needs,funding")
    assert outcome.out.splitlines()[0] == f"write {home.description(street)}"
    assert home.node(street) == replace(before, services=("needs", "funding"))


def test_the_queue_of_a_service_that_is_hosted_no_more_stays_and_takes_nothing_new(
    hatchery, home, district, admin
):
    hatchery("node", "add", district, "--services", "needs,funding")
    uri, queue = home.node(district).broker, topology.service_queue("funding")
    event = topology.routing_key("registry", "organisation", "approved", "area", district)
    publish(uri, topology.OWN, event)
    told = hatchery("node", "add", district, "--services", "needs", "--dry-run").out
    assert f"would unbind {queue}" in told
    assert hatchery("node", "add", district, "--services", "needs").code == 0
    publish(uri, topology.OWN, event)
    with channel(uri) as opened:
        assert opened.queue_declare(queue, passive=True).method.message_count == 1
    assert "nothing to change" in hatchery("node", "add", district, "--services", "needs").out


def test_words_from_the_environment_stay_words(hatchery, home, street, monkeypatch):
    text = home.description(street).read_text()
    store = home.node(street).store
    home.description(street).write_text(text.replace(store, "${STORE_URI}"))
    monkeypatch.setenv("STORE_URI", store)
    assert hatchery("node", "add", street, "--clock", "request").code == 0
    assert "${STORE_URI}" in home.description(street).read_text()
    assert home.node(street).clock == "request"


def test_a_queue_in_another_form_is_reported_and_left_alone(hatchery, home, district, admin, embedded):
    hatchery("node", "add", district, "--services", "all")
    admin.delete_queue(district, topology.REFUSED)
    admin.import_definitions(
        {
            "queues": [
                {"name": "refused", "vhost": district, "durable": True, "auto_delete": False, "arguments": {}}
            ]
        }
    )
    outcome = hatchery("node", "add", district)
    assert outcome.code == 2
    assert "queue refused exists with other arguments" in outcome.err


def test_the_queues_of_an_older_link_are_taken_as_they_are(hatchery, home, district, admin):
    child = f"{district}001"
    hatchery("node", "add", district, "--services", "none")
    hatchery("node", "add", child, "--parent", district, "--services", "none")
    ends = {child: topology.LINK_UP, district: topology.link_down(child)}
    for vhost, queue in ends.items():
        made = admin.queues(vhost)[queue]["arguments"]
        assert made["x-delivery-limit"] == topology.LINK_DELIVERIES
        older = {"name": queue, "vhost": vhost, "durable": True, "auto_delete": False}
        older["arguments"] = made | {"x-delivery-limit": topology.PATIENT_DELIVERIES}
        admin.delete_queue(vhost, queue)
        admin.import_definitions({"queues": [older]})
    outcome = hatchery("node", "add", child)
    assert outcome.code == 0, outcome.err
    for vhost, queue in ends.items():
        assert admin.queues(vhost)[queue]["arguments"]["x-delivery-limit"] == topology.PATIENT_DELIVERIES


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("{d}001", "--parent", "330203", "--services", "none"), "330203 is not above {d}001"),
        (("{d}001", "--parent", "{d}001", "--services", "none"), "is not above"),
        (("{d}001", "--parent", "{d}", "--services", "none"), "parent {d} is not known"),
        (("{d}", "--services", "registry,laundry"), "unknown service laundry"),
        (("{d}",), "say which services"),
        (("99", "--services", "none"), "not a division code"),
        (("{d}", "--services", "none", "--broker", "amqp://127.0.0.1:1/x"), "belong together"),
        (("{d}", "--services", "none", "--clock", "sundial"), "--clock"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(hatchery, home, district, admin, arguments, reason):
    outcome = hatchery("node", "add", *(a.format(d=district) for a in arguments))
    assert outcome.code == 2
    assert reason.format(d=district) in outcome.err
    assert len(outcome.err.strip().splitlines()) <= 2  # one may warn of the code
    assert home.nodes() == []
    assert district not in admin.vhosts()


def test_an_area_that_no_list_has_is_only_a_warning(hatchery, home, district):
    outcome = hatchery("node", "add", district, "--services", "none")
    assert outcome.code == 0
    assert "in no code list" in outcome.err


def test_a_broker_that_does_not_answer_is_told_in_one_line(hatchery, home, district):
    outcome = hatchery(
        *("node", "add", district, "--services", "none", "--broker", "amqp://127.0.0.1:9/x"),
        *("--broker-admin", "http://who:secret@127.0.0.1:9", "--store", "mongodb://127.0.0.1:9"),
    )
    assert outcome.code == 3
    assert "127.0.0.1:9 does not answer" in outcome.err
    assert "secret" not in outcome.err


def test_a_link_that_others_could_read_is_refused_unless_allowed(hatchery, home, district, embedded):
    hatchery("node", "add", district, "--services", "none")
    given = ("node", "add", f"{district}001", "--parent", district, "--services", "none", "--dry-run")
    far = ("--parent-broker-admin", admin_url(embedded.addresses), "--parent-broker")
    refused = hatchery(*given, *far, f"amqp://192.0.2.1/{district}")
    assert refused.code == 2
    assert "amqps://" in refused.err
    assert hatchery(*given, *far, f"amqp://192.0.2.1/{district}", "--allow-plain").code == 0
    assert hatchery(*given, *far, f"amqps://192.0.2.1/{district}").code == 0


def test_a_linked_node_does_not_change_its_parent_unnoticed(hatchery, home, street, district):
    community = f"{street}001"
    assert hatchery("node", "add", community, "--parent", street, "--services", "none").code == 0
    outcome = hatchery("node", "add", community, "--parent", district)
    assert outcome.code == 2
    assert f"hatchery node remove {community}" in outcome.err
    hatchery("node", "remove", community)
    assert hatchery("node", "add", community, "--parent", district).code == 0
    assert home.node(community).parent == district


def test_the_list_shows_districts_first_with_their_links(hatchery, street, district):
    out = hatchery("node", "list").out
    assert out.index(district) < out.index(street)
    hatchery("node", "remove", street)
    assert f"{district} (off)" in hatchery("node", "list").out


def test_a_removed_node_keeps_its_queues_and_can_come_back(hatchery, home, street, district, admin):
    outcome = hatchery("node", "remove", street)
    assert outcome.code == 0, outcome
    assert admin.shovel(street, "rise") is None
    assert admin.user_of(f"link-{street}") is None
    assert topology.LINK_UP in admin.queues(street)
    assert topology.link_down(street) in admin.queues(district)
    publish(parse(home.node(district).broker).uri(), topology.OWN, key("public", district))
    bound = [b for b in admin.bindings(district) if b["destination"] == topology.link_down(street)]
    assert [b for b in bound if b["source"]] == [], "nothing fills a queue that nobody empties"
    assert hatchery("node", "add", street).code == 0
    assert admin.shovel(street, "rise") is not None


def test_a_link_with_waiting_events_is_not_removed_unless_forced(hatchery, home, street, district, admin):
    admin.delete_shovel(street, "rise")
    publish(home.node(street).broker, topology.OWN, key("area", street))
    outcome = hatchery("node", "remove", street)
    assert outcome.code == 2
    assert "link.up" in outcome.err
    assert hatchery("node", "remove", street, "--force").code == 0


def test_a_purge_needs_a_yes_and_leaves_nothing(hatchery, home, street, district, admin):
    assert hatchery("node", "remove", street, "--purge").code == 2
    assert hatchery("node", "remove", street, "--purge", "--dry-run").code == 0
    assert street in admin.vhosts()
    outcome = hatchery("node", "remove", street, "--purge", "--yes")
    assert outcome.code == 0, outcome
    assert street not in admin.vhosts()
    assert admin.user_of(f"node-{street}") is None
    assert topology.ingress(street) not in admin.exchanges(district)
    assert not {topology.link_down(street), topology.inlet(street)} & set(admin.queues(district))
    assert topology.inlet(street) not in admin.exchanges(district)
    assert not home.folder(street).exists()


def test_a_node_with_children_is_not_purged(hatchery, street, district):
    outcome = hatchery("node", "remove", district, "--purge", "--yes")
    assert outcome.code == 2
    assert street in outcome.err


def test_all_queues_are_there_before_the_first_service_runs(hatchery, home, district, admin):
    """A child's announcement that arrives between the start of two services must find the queues of both."""
    hatchery("node", "add", district, "--services", "registry,funding")
    hatchery("node", "add", f"{district}001", "--parent", district, "--services", "none")
    announcement = topology.routing_key("gateway", "node", "announced", "public", f"{district}001")
    publish(home.node(f"{district}001").broker, topology.OWN, announcement)
    wanted = {topology.service_queue(name) for name in ("gateway", "registry", "funding")}

    def reached():
        return {name for name, queue in admin.queues(district).items() if queue.get("messages") == 1}

    assert eventually(lambda: wanted <= reached(), within=20)


def test_a_node_may_listen_for_others_and_say_where_its_services_are(hatchery, home, district):
    given = ("node", "add", district, "--services", "registry,needs", "--bind", "0.0.0.0")
    hatchery(*given, "--service-url", "needs=http://needs:8002", "--otlp", "http://collector:4318")
    node = home.node(district)
    assert (node.bind, node.url_of("needs"), node.otlp) == (
        "0.0.0.0",
        "http://needs:8002",
        "http://collector:4318",
    )
    assert node.url_of("registry") == f"http://127.0.0.1:{node.port_of('registry')}"
    assert "nothing to change" in hatchery("node", "add", district).out
    hatchery("node", "add", district, "--otlp", "", "--service-url", "registry=http://registry:8001")
    node = home.node(district)
    assert node.otlp is None
    assert dict(node.service_urls) == {"needs": "http://needs:8002", "registry": "http://registry:8001"}


@pytest.mark.parametrize("pair", ["needs", "needs=needs:8002", "laundry=http://laundry:1"])
def test_a_services_address_that_is_none_is_refused(hatchery, home, district, pair):
    outcome = hatchery("node", "add", district, "--services", "needs", "--service-url", pair)
    assert outcome.code == 2
    assert home.nodes() == []

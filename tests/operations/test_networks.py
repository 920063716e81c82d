from ipaddress import IPv4Address, IPv6Address
from types import SimpleNamespace

import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from newsletter.models import Tally
from operations.networks import network_of
from practices.open_data.throttling import NetworkThrottle
from tests.newsletter.conftest import filled


def request(remote, forwarded=None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.8", "192.0.2.8"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1::1", "2001:db8:0:1::"),
        ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::"),
        ("2001:0DB8:0000:0001::2", "2001:db8:0:1::"),
        ("2001:db8:0:2::1", "2001:db8:0:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("", "::"),
        ("unix:", "::"),
        ("192.0.2.7:4711", "::"),
    ],
)
def test_a_network_is_one_ipv4_address_or_the_first_64_bits_in_ipv6(address, network):
    assert network_of(request(address)) == network


@pytest.mark.parametrize(
    ("behind", "forwarded", "network"),
    [
        (True, "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        (True, "192.0.2.1,2001:db8::9", "2001:db8::"),
        (True, " 203.0.113.9 ", "203.0.113.9"),
        (True, "203.0.113.9, garbage", "198.51.100.1"),
        (True, "203.0.113.9,", "198.51.100.1"),
        (True, "", "198.51.100.1"),
        (True, None, "198.51.100.1"),
        (False, "203.0.113.9", "198.51.100.1"),
    ],
)
def test_what_is_forwarded_is_believed_of_our_proxy_alone(settings, behind, forwarded, network):
    settings.BEHIND_PROXY = behind

    assert network_of(request("198.51.100.1", forwarded)) == network


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_a_visitor_stays_the_same_whichever_address_of_the_network_is_used(address, host):
    sibling = IPv6Address(int(address) >> 64 << 64 | host)
    mapped = [one.ipv4_mapped for one in (address, sibling)]

    if mapped == [None, None]:
        assert network_of(request(str(address))) == network_of(request(str(sibling)))


@given(st.one_of(st.text(), st.ip_addresses().map(str)))
def test_whatever_arrives_a_network_is_an_address_that_the_database_can_hold(text):
    network = network_of(SimpleNamespace(META={"REMOTE_ADDR": text}))

    assert "%" not in network
    assert str(IPv4Address(network) if "." in network else IPv6Address(network)) == network


@pytest.mark.django_db
def test_one_network_is_one_visitor_for_the_newsletter_and_for_the_interface_for_programs(
    client, settings, monkeypatch
):
    settings.NEWSLETTER_SIGNUPS_PER_HOUR = 1
    monkeypatch.setattr(NetworkThrottle, "rate", "1/min", raising=False)
    cache.clear()
    neighbours = ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "192.0.2.1", "::ffff:192.0.2.1"]

    signed = [client.post("/newsletter/", filled("a@b.fr"), REMOTE_ADDR=one).status_code for one in neighbours]
    asked = [client.get("/api/v1/facets/", REMOTE_ADDR=one).status_code for one in neighbours]

    assert signed == [302, 429, 302, 302, 429]
    assert asked == [200, 429, 200, 200, 429]
    assert Tally.objects.count() == 3


def test_the_web_server_counts_the_same_networks_and_lets_no_header_pass_for_another():
    nginx = (site.BASE_DIR / "deploy/nginx.conf").read_text(encoding="utf-8")
    zones = [line.split()[1] for line in nginx.splitlines() if line.startswith(("limit_req_zone", "limit_conn_zone"))]

    assert zones == ["$network", "$writer", "$network", "$network"]
    assert 'map $request_method $writer { POST $network; default ""; }' in nginx
    assert "underscores_in_headers off;" in nginx
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx

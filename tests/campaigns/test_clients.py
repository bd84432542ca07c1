"""Whatever a client says of itself, it is counted as one."""

from datetime import timedelta

import pytest
from django.test import RequestFactory

from campaigns.clients import client_address, client_key
from campaigns.outbox.limits import allow

CLIENT = "203.0.113.7"
PROXY = "198.51.100.1"
OUTER_PROXY = "192.0.2.9"


def request_from(connection: str, forwarded: str | None = None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=connection, headers=headers)


@pytest.mark.parametrize(
    ("proxies", "connection", "forwarded", "found"),
    [
        # Without a proxy of ours, the header is the client's own invention.
        (0, CLIENT, None, CLIENT),
        (0, CLIENT, "1.2.3.4", CLIENT),
        (0, CLIENT, "1.2.3.4, 5.6.7.8", CLIENT),
        # One proxy adds one hop at the right.
        (1, PROXY, CLIENT, CLIENT),
        (1, PROXY, f"1.2.3.4, {CLIENT}", CLIENT),
        (1, PROXY, f"1.2.3.4,5.6.7.8,{CLIENT}", CLIENT),
        (1, PROXY, f" , ,{CLIENT} ", CLIENT),
        (1, PROXY, f"<script>, {CLIENT}", CLIENT),
        # Two proxies add two.
        (2, PROXY, f"{CLIENT}, {OUTER_PROXY}", CLIENT),
        (2, PROXY, f"1.2.3.4, {CLIENT}, {OUTER_PROXY}", CLIENT),
        # Whoever passes a proxy by is known by the connection.
        (1, CLIENT, None, CLIENT),
        (2, CLIENT, "1.2.3.4", CLIENT),
        # Some proxies name the port as well.
        (1, PROXY, f"{CLIENT}:49152", CLIENT),
        (1, PROXY, "[2001:db8:1:2:3:4:5:6]:49152", "2001:db8:1:2::/64"),
        # One who has an address of IPv6 has its whole network.
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        (0, "2001:db8:1:2:ffff::1", None, "2001:db8:1:2::/64"),
        (0, "2001:db8:1:3::1", None, "2001:db8:1:3::/64"),
        (0, "fe80::1%eth0", None, "fe80::/64"),
        (0, "::ffff:203.0.113.7", None, CLIENT),
        # What cannot be read is one client, and no error.
        (0, "", None, ""),
        (1, PROXY, "unknown", ""),
        (1, PROXY, "1.2.3.4.5", ""),
    ],
)
def test_which_client_a_request_comes_from(settings, proxies, connection, forwarded, found):
    settings.TRUSTED_PROXY_COUNT = proxies
    assert client_address(request_from(connection, forwarded)) == found


@pytest.mark.django_db
@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_a_hundred_forged_headers_are_one_client(settings, now, proxies):
    settings.TRUSTED_PROXY_COUNT = proxies
    connection = PROXY if proxies else CLIENT
    added = ["", f", {CLIENT}", f", {CLIENT}, {OUTER_PROXY}"][proxies]
    forgeries = [
        ", ".join(f"10.{number}.{hop}.1" for hop in range(number % 5 + 1)) for number in range(100)
    ]
    allowed = [
        allow(
            key=client_key(request_from(connection, f"{forgery}{added}")),
            limit=10,
            window=timedelta(minutes=10),
            now=now,
        )
        for forgery in forgeries
    ]
    assert allowed.count(True) == 10


@pytest.mark.django_db
def test_a_hundred_addresses_of_one_network_are_one_client(now):
    keys = {client_key(request_from(f"2001:db8:1:2::{number:x}")) for number in range(100)}
    assert len(keys) == 1


def test_the_key_of_a_client_names_nobody():
    assert CLIENT not in client_key(request_from(CLIENT))

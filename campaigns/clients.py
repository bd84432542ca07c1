"""Which client a request comes from, as far as anybody can tell, and without keeping who."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from .mailboxes import keyed_hash

# Whoever has one address of IPv6 has the other 2^64 of its network, too.
NETWORK_BITS = 64


def client_address(request: HttpRequest) -> str:
    """The address of the nearest host that is not one of our proxies; an IPv6 network as /64.

    TRUSTED_PROXY_COUNT proxies of ours each add to the right of X-Forwarded-For; what stands
    further left is what the client says of itself. "" where no address can be read.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = [hop for hop in hops if hop]
    count = settings.TRUSTED_PROXY_COUNT
    # A proxy that was passed by leaves too few hops: then the connection itself is the client.
    found = hops[-count] if 0 < count <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(_without_port(found).partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        network = int(address) >> (128 - NETWORK_BITS) << (128 - NETWORK_BITS)
        return f"{IPv6Address(network)}/{NETWORK_BITS}"
    return str(address)


def _without_port(hop: str) -> str:
    """The address in `1.2.3.4:5678` or `[2001:db8::1]:5678`, as some proxies write it."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    host, _colon, _port = hop.partition(":")
    return host if hop.count(":") == 1 else hop


def client_key(request: HttpRequest) -> str:
    """A keyed hash of the client's address: enough to count by, nothing to look up."""
    return keyed_hash("client", client_address(request))


def network_key(request: HttpRequest) -> str:
    """A keyed hash (16 hexadecimal digits) of the network that the client is in; "" if unknown.

    The 256 addresses around one of IPv4, a /48 of IPv6: as much as one customer usually has, so
    that staff see when thousands of signatures come from one place, and never from where.
    """
    address = client_address(request).partition("/")[0]
    if not address:
        return ""
    width = 48 if ":" in address else 24
    network = ip_network(f"{address}/{width}", strict=False)
    return keyed_hash("network", str(network))[:16]

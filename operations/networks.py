"""Which network a request comes from: what every limit of the site counts, said in one place.

How much a network may do is left to each limit; how the web server counts the same networks, to `deploy/nginx.conf`.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

HOST_BITS = 64
"""Bits of an IPv6 address that whoever holds a network chooses alone: a home or an office has a /64 at least (RFC 6177,
RFC 7421)."""
UNKNOWN = "::"


def network_of(request: HttpRequest) -> str:
    """Return the first address of the network that a request comes from, or "::" where nobody says.

    A network is one IPv4 address, or a /64 of IPv6. Behind a proxy of ours, the last address of X-Forwarded-For is the
    one that the proxy saw; otherwise the header is ignored, since anybody can write it. A last address that is none is
    taken for the proxy's own mistake: what it asks counts as its own.
    """
    told = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    for address in (told.rpartition(",")[2].strip(), request.META.get("REMOTE_ADDR") or ""):
        try:
            return _network(ip_address(address))
        except ValueError:
            continue
    return UNKNOWN


def _network(address: IPv4Address | IPv6Address) -> str:
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> HOST_BITS << HOST_BITS))

"""Which addresses the program may connect to on a stranger's word, and which URLs it follows.

`ipaddress.is_global` alone lets NAT64, 6to4, multicast and some clouds' metadata through (measured
on Python 3.11; reliability 2.1a lists what is refused here).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443, 8080, 8443})

_REFUSED = tuple(
    ip_network(one)
    for one in [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
        "100.100.100.200/32",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ]
)
_METADATA = frozenset(
    ip_address(one)
    for one in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254")
)


@dataclass(frozen=True, slots=True)
class AllowList:
    """What the operator exempts (FETCH_ALLOW): host names and networks, with any port."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def allows(self, host: str, address: Address) -> bool:
        """Whether the operator named this host or a network with this address.

        Metadata addresses of clouds are never allowed: they hand out the machine's credentials.
        """
        bare = _unwrapped(address)
        if bare in _METADATA:
            return False
        named = host.casefold().rstrip(".") in self.hosts
        return named or any(bare in one for one in self.networks if one.version == bare.version)


def allow_list(entries: Iterable[str]) -> AllowList:
    """Read FETCH_ALLOW's entries: each a network in CIDR, an address, or a host name."""
    hosts, networks = set(), []
    for entry in filter(None, (one.strip() for one in entries)):
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError:
            hosts.add(entry.casefold().rstrip("."))
    return AllowList(frozenset(hosts), tuple(networks))


def is_public(address: Address) -> bool:
    """Whether this is an ordinary address of the public internet."""
    inside = any(address in one for one in _REFUSED if one.version == address.version)
    return address.is_global and not inside


def may_connect(host: str, address: Address, allowed: AllowList) -> bool:
    """Whether to dial `address`, to which `host` resolved."""
    return is_public(address) or allowed.allows(host, address)


def _unwrapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

"""Who asks the interface for programs too often: a network, told by `operations.networks`."""

from rest_framework.throttling import AnonRateThrottle

from operations.networks import network_of


class NetworkThrottle(AnonRateThrottle):
    """DRF's limit for whoever has no account, where one counts a network rather than an address."""

    def get_ident(self, request):
        """The network, as a string."""
        return network_of(request)

"""The assembly: settings, addresses, WSGI."""

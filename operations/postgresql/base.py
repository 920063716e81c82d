"""The backend that `ENGINE = "operations.postgresql"` names."""

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from operations.postgresql import watchdog


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own; where a watchdog is on, it connects to no server that is lost and gives up long silences."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Return a connection that waits as long as the watchdog allows; raise OperationalError where it is lost."""
        heard = watchdog.watching.get(self.alias)
        if heard is None:
            return super().get_new_connection(conn_params)
        if heard.lost:
            raise psycopg.OperationalError("The server does not answer.")
        connection = super().get_new_connection(conn_params)
        watchdog.bound(connection, heard.on_silence)
        return connection

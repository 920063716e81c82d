"""Owns the cache that several processes or machines share: Django's for Redis, where a failing one is an empty one.

What is kept in it is left to those who keep it (`pagecache`, the throttling of the API); how long a question may take,
to the settings.
"""

import logging
import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

REST = 5
"""Seconds for which a server that failed is left alone, so that visitors do not wait for it one after the other."""


class SharedCache(RedisCache):
    """Every question has an answer: the server's, else that of a cache that holds nothing and keeps nothing."""

    # Shared by the instances that Django makes, one a thread.
    away_until = 0.0

    def _asked(self, empty, name, *args, **kwargs):
        if time.monotonic() < SharedCache.away_until:
            return empty
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            SharedCache.away_until = time.monotonic() + REST
            logger.warning("The shared cache does not answer, %s: left alone for %s s.", type(error).__name__, REST)
            return empty

    def get(self, key, default=None, version=None):
        """The value, or the default."""
        return self._asked(default, "get", key, default, version)

    def set(self, key, value, *args, **kwargs):
        """Keep the value, or not."""
        self._asked(None, "set", key, value, *args, **kwargs)

    def add(self, key, value, *args, **kwargs):
        """Keep the value unless there is one; whether it was kept."""
        return self._asked(False, "add", key, value, *args, **kwargs)

    def touch(self, key, *args, **kwargs):
        """Keep it for longer; whether it was there."""
        return self._asked(False, "touch", key, *args, **kwargs)

    def delete(self, key, version=None):
        """Let go of it; whether it was there."""
        return self._asked(False, "delete", key, version)

    def get_many(self, keys, version=None):
        """The values that are there, by key."""
        return self._asked({}, "get_many", keys, version)

    def set_many(self, data, *args, **kwargs):
        """Keep the values; the keys of those that were not."""
        return self._asked(list(data), "set_many", data, *args, **kwargs)

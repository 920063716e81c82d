"""The cache that several processes or machines share: Django's for Redis, where a failing one is an empty one.

Whoever else can write to the server is not believed: what this site did not seal, under that very key, is not there.
Nothing that comes from the server is ever run (Django's own way, pickle, runs it). What is kept is left to those who
keep it (`pagecache`, the throttling of the API); how long a question may take, to the settings.
"""

import hmac
import json
import logging
import time

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

REST = 5
"""Seconds for which a server that failed is left alone, so that visitors do not wait for it one after the other."""
QUIET = 60
"""Seconds between two warnings that the server holds what this site did not write."""
SEAL = 32
"""Bytes of a seal: HMAC-SHA256, which costs some fifty microseconds for a page of thirty kilobytes."""
ABSENT = object()


class AsItIs:
    """A serializer that leaves bytes alone."""

    def dumps(self, value):
        """The bytes."""
        return value

    loads = dumps


class SealedClient(RedisCacheClient):
    """Django's client, where a value is bytes, or JSON, behind a seal made with the secret of the site.

    The key is under the seal: a value that was copied under another key is not that one's.
    """

    told_at = float("-inf")

    def __init__(self, servers, **options):
        super().__init__(servers, **options | {"serializer": AsItIs})
        self._secret = salted_hmac("operations.cache", "", algorithm="sha256").digest()

    def _seal(self, key, body):
        seal = hmac.new(self._secret, f"{len(key)}:{key}:".encode(), "sha256")
        seal.update(body)
        return seal.digest()

    def _sealed(self, key, value):
        body = b"b" + value if isinstance(value, bytes) else b"j" + json.dumps(value).encode()
        return self._seal(key, body) + body

    def _opened(self, key, found, default):
        if found is None:
            return default
        seal, body = found[:SEAL], found[SEAL:]
        if not hmac.compare_digest(seal, self._seal(key, body)):
            if time.monotonic() > SealedClient.told_at + QUIET:
                SealedClient.told_at = time.monotonic()
                logger.warning("The shared cache holds a value that this site did not write: taken for none.")
            return default
        return body[1:] if body.startswith(b"b") else json.loads(body[1:])

    def add(self, key, value, timeout):
        """Keep a value unless there is one; whether it was kept."""
        return super().add(key, self._sealed(key, value), timeout)

    def get(self, key, default):
        """The value, or the default where there is none of ours."""
        return self._opened(key, super().get(key, None), default)

    def set(self, key, value, timeout):
        """Keep a value."""
        super().set(key, self._sealed(key, value), timeout)

    def get_many(self, keys):
        """The values that are there and ours, by key."""
        opened = {key: self._opened(key, found, ABSENT) for key, found in super().get_many(keys).items()}
        return {key: value for key, value in opened.items() if value is not ABSENT}

    def set_many(self, data, timeout):
        """Keep the values."""
        super().set_many({key: self._sealed(key, value) for key, value in data.items()}, timeout)


class SharedCache(RedisCache):
    """Every question has an answer: the server's, else that of a cache that holds nothing and keeps nothing."""

    # Shared by the instances that Django makes, one a thread.
    away_until = 0.0

    # Redis cannot count what is sealed; these ask the methods below.
    incr = BaseCache.incr
    has_key = BaseCache.has_key
    delete_many = BaseCache.delete_many

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = SealedClient

    def _asked(self, empty, name, *args, **kwargs):
        if time.monotonic() < SharedCache.away_until:
            return empty
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            if str(error).startswith("WRONGTYPE"):
                # Somebody else put a list or a set under this key: the server is well.
                return empty
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

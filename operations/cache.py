"""The cache that several processes or machines share: Django's for Redis, where a failing one is an empty one.

Whoever else can write to the server is not believed: what this site did not seal, under that very key, is not there.
Nothing that comes from the server is ever run (Django's own way, pickle, runs it). What is kept is left to those who
keep it (`operations.pagecache`, `practices.open_data.throttling`); how long a question may take, to the settings.
"""

import hmac
import json
import logging
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

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
"""Stands for a value that is not there, since None can be kept."""

Timeout: TypeAlias = int | timedelta | None
"""How long a value is kept: seconds, a duration, or None for ever."""


class AsItIs:
    """A serializer that leaves bytes as they are, both ways."""

    def dumps(self, value: bytes) -> bytes:
        """Return the bytes given."""
        return value

    loads = dumps


class SealedClient(RedisCacheClient):
    """Django's client, where a value is bytes, or JSON, behind a seal made with the secret of the site.

    The key is under the seal: a value that was copied under another key is not that one's.
    """

    told_at = float("-inf")

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options | {"serializer": AsItIs})
        self._secret = salted_hmac("operations.cache", "", algorithm="sha256").digest()

    def _seal(self, key: str, body: bytes) -> bytes:
        seal = hmac.new(self._secret, f"{len(key)}:{key}:".encode(), "sha256")
        seal.update(body)
        return seal.digest()

    def _sealed(self, key: str, value: Any) -> bytes:
        body = b"b" + value if isinstance(value, bytes) else b"j" + json.dumps(value).encode()
        return self._seal(key, body) + body

    def _opened(self, key: str, found: bytes | None, default: Any) -> Any:
        if found is None:
            return default
        seal, body = found[:SEAL], found[SEAL:]
        if not hmac.compare_digest(seal, self._seal(key, body)):
            if time.monotonic() > SealedClient.told_at + QUIET:
                SealedClient.told_at = time.monotonic()
                logger.warning("The shared cache holds a value that this site did not write: taken for none.")
            return default
        return body[1:] if body.startswith(b"b") else json.loads(body[1:])

    def add(self, key: Any, value: Any, timeout: Timeout) -> bool:
        """Keep a value unless the key has one; return whether it was kept."""
        return super().add(key, self._sealed(key, value), timeout)

    def get(self, key: Any, default: Any) -> Any:
        """Return the value of a key, or the default where this site sealed none."""
        return self._opened(key, super().get(key, None), default)

    def set(self, key: Any, value: Any, timeout: Timeout) -> None:
        """Keep a value: bytes, or what JSON can hold."""
        super().set(key, self._sealed(key, value), timeout)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        """Return the values that this site sealed, by key; keys without one are left out."""
        sent: dict[Any, bytes] = super().get_many(keys)
        opened = {key: self._opened(key, found, ABSENT) for key, found in sent.items()}
        return {key: value for key, value in opened.items() if value is not ABSENT}

    def set_many(self, data: Mapping[Any, Any], timeout: Timeout) -> None:
        """Keep values, given by key."""
        super().set_many({key: self._sealed(key, value) for key, value in data.items()}, timeout)  # type: ignore[arg-type]  # the stubs forget None


class SharedCache(RedisCache):
    """Django's cache over Redis; when the server fails, it answers as one that holds nothing and keeps nothing."""

    # Shared by the instances that Django makes, one a thread.
    away_until = 0.0

    # Redis cannot count what is sealed; these ask the methods below.
    incr = BaseCache.incr
    has_key = BaseCache.has_key
    delete_many = BaseCache.delete_many

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SealedClient

    def _asked(self, empty: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        """What the method `name` of Django's cache returns, or `empty` when the server fails or is left alone."""
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

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value of a key, or the default."""
        return self._asked(default, "get", key, default, version)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a value where the server can."""
        self._asked(None, "set", key, value, *args, **kwargs)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep a value unless the key has one; return whether it was kept."""
        return self._asked(False, "add", key, value, *args, **kwargs)

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep the value of a key for longer; return whether there was one."""
        return self._asked(False, "touch", key, *args, **kwargs)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Delete the value of a key; return whether there was one."""
        return self._asked(False, "delete", key, version)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Return the values of some keys, by key; keys without one are left out."""
        return self._asked({}, "get_many", keys, version)

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Keep values, given by key; return the keys of those that were not kept."""
        return self._asked(list(data), "set_many", data, *args, **kwargs)

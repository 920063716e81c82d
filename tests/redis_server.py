"""A Redis that lives in the tests' own process: real bytes on a real socket, for what the shared cache asks of one."""

import socketserver
import threading

OK, QUEUED, NONE = b"+OK\r\n", b"+QUEUED\r\n", b"_\r\n"
WRONG_TYPE = b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"


def text(value):
    return NONE if value is None else b"$%d\r\n%s\r\n" % (len(value), value)


def number(value):
    return b":%d\r\n" % value


class Session(socketserver.StreamRequestHandler):
    """One connection: a command is an array of strings (the protocol called RESP3)."""

    def handle(self):
        queue = None
        while line := self.rfile.readline():
            words = [self.word() for _one in range(int(line[1:]))]
            name = words[0].upper()
            if name == b"MULTI":
                queue, answer = [], OK
            elif name == b"EXEC":
                answers = [self.server.obey(*one) for one in queue]
                queue, answer = None, b"*%d\r\n" % len(answers) + b"".join(answers)
            elif queue is not None:
                queue.append(words)
                answer = QUEUED
            else:
                answer = self.server.obey(*words)
            self.wfile.write(answer)

    def word(self):
        length = int(self.rfile.readline()[1:])
        return self.rfile.read(length + 2)[:-2]


class RedisServer(socketserver.ThreadingTCPServer):
    """Keeps `values`, {key: bytes, or a list that is of another kind}; `ages` has the seconds each may live."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.values, self.ages = {}, {}
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.server_address[1]}/0"

    def stop(self):
        self.shutdown()
        self.thread.join()
        self.server_close()

    def obey(self, name, *words):
        return getattr(self, name.decode().lower().replace("del", "delete"), self.unknown)(*words)

    def unknown(self, *words):
        return b"-ERR unknown command\r\n"

    def hello(self, *words):
        return b"%1\r\n+proto\r\n:3\r\n"

    def client(self, *words):
        return OK

    select = client

    def get(self, key):
        value = self.values.get(key)
        return WRONG_TYPE if isinstance(value, list) else text(value)

    def mget(self, *keys):
        found = [self.values.get(key) for key in keys]
        return b"*%d\r\n" % len(keys) + b"".join(text(None if isinstance(one, list) else one) for one in found)

    def set(self, key, value, *options):
        named = [one.upper() for one in options]
        if b"NX" in named and key in self.values:
            return NONE
        self.values[key] = value
        if b"EX" in named:
            self.ages[key] = int(options[named.index(b"EX") + 1])
        return OK

    def mset(self, *pairs):
        self.values.update(zip(pairs[::2], pairs[1::2], strict=True))
        return OK

    def expire(self, key, seconds):
        self.ages[key] = int(seconds)
        return number(key in self.values)

    def persist(self, key):
        return number(self.ages.pop(key, None) is not None)

    def delete(self, *keys):
        return number(sum(self.values.pop(key, None) is not None for key in keys))

    def flushdb(self):
        self.values.clear()
        return OK

"""The load generator: a process of its own, one epoll loop over keep-alive connections.

Closed loop: every connection sends its next request when the answer to the last one is there.
Nothing here knows Django, so that starting it is cheap and its own cost per request is small.
"""

import json
import select
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

LONGEST_LOAD_SECONDS = 120.0
# How long answers may take that are still owed when the time is up.
GRACE_SECONDS = 8.0
# Stands in a body where each request gets a number of its own.
NUMBER = "{number}"
# Half an IPv6 network, so that each press comes from a client of its own: there are limits.
NETWORK = b"{network}"


@dataclass(frozen=True)
class Request:
    """One kind of request, and the status that counts as its success."""

    method: str
    path: str
    expected: int
    body: str = ""
    accepts_gzip: bool = False
    # Further lines of the head, such as "X-Bench-Supporter: {number}".
    headers: Sequence[str] = ()


@dataclass
class Outcome:
    """What came of one load, or of several that were added up.

    Only expected answers have a latency; everything else is an error, by reason. The numbers
    from `first` on were sent, `sent` of them; `refused` are those without an expected answer.
    """

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    first: int = 0
    sent: int = 0
    refused: list[int] = field(default_factory=list)
    # Processor time of the web workers.
    cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Expected answers per second."""
        return len(self.latencies_ms) / self.seconds if self.seconds else 0.0

    @property
    def cpu_ms(self) -> float | None:
        """Milliseconds of the web workers' processors per expected answer."""
        count = len(self.latencies_ms)
        return 1000 * self.cpu_seconds / count if count else None

    def percentile(self, percent: float) -> float | None:
        """The latency in ms that `percent` of the expected answers did not exceed."""
        if not self.latencies_ms:
            return None
        ranked = sorted(self.latencies_ms)
        return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]

    @property
    def acknowledged(self) -> set[int]:
        """The numbers of the requests that got an expected answer."""
        return set(range(self.first, self.first + self.sent)) - set(self.refused)


def added_up(outcomes: Iterable[Outcome]) -> Outcome:
    """Several loads as one. Their numbers are left out: they need not be one range."""
    total = Outcome()
    errors: Counter[str] = Counter()
    for outcome in outcomes:
        total.seconds += outcome.seconds
        total.cpu_seconds += outcome.cpu_seconds
        total.latencies_ms += outcome.latencies_ms
        errors.update(outcome.errors)
    total.errors = dict(errors)
    return total


def in_turns(loads: Mapping[str, Callable[[], Outcome]], rounds: int) -> dict[str, list[Outcome]]:
    """Run each load `rounds` times, turn by turn: a busy moment of the machine hits all alike."""
    outcomes: dict[str, list[Outcome]] = {name: [] for name in loads}
    for _round in range(rounds):
        for name, load in loads.items():
            outcomes[name].append(load())
    return outcomes


def run_load(
    request: Request,
    *,
    port: int,
    connections: int,
    seconds: float,
    first: int = 0,
) -> Outcome:
    """Send `request` over `connections` for `seconds` from a process of its own."""
    if seconds > LONGEST_LOAD_SECONDS:
        raise ValueError(f"A load lasts {LONGEST_LOAD_SECONDS} s at most.")
    job = {
        "request": asdict(request),
        "port": port,
        "connections": connections,
        "seconds": seconds,
        "first": first,
    }
    finished = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds + GRACE_SECONDS + 5,
    )
    return Outcome(**json.loads(finished.stdout))


class _Connection:
    """One socket and the request that is under way on it."""

    __slots__ = ("buffer", "length", "number", "socket", "started")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def send(self, message: bytes, number: int) -> None:
        self.buffer = b""
        self.length = 0
        self.number = number
        self.started = perf_counter()
        if self.socket.send(message) != len(message):
            raise OSError("The request does not fit into the socket's buffer.")

    def receive(self) -> int | None:
        """Read what is there; the status once the answer is whole. Raises OSError at its end."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionResetError
        self.buffer = self.buffer + part if self.buffer else part
        if not self.length:
            self.length = _length(self.buffer)
        if self.length > 0:
            whole = len(self.buffer) >= self.length
        else:
            whole = self.length < 0 and self.buffer.endswith(b"\r\n0\r\n\r\n")
        return int(self.buffer[9:12]) if whole else None


def _length(buffer: bytes) -> int:
    """Bytes of the whole answer; 0 while its head is incomplete, -1 when it comes in chunks."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = buffer[:end].lower()
    start = head.find(b"\r\ncontent-length:")
    if start < 0:
        return -1
    return end + 4 + int(head[start + 17 :].split(b"\r\n", 1)[0])


class _Generator:
    """Keeps the connections busy until the time is up, then waits for what is still owed."""

    def __init__(self, job: dict[str, Any]) -> None:
        request = Request(**job["request"])
        self.port: int = job["port"]
        self.expected = request.expected
        self.seconds: float = job["seconds"]
        self.parts = _message(request, self.port)
        self.outcome = Outcome(first=job["first"])
        self.errors: Counter[str] = Counter()
        self.epoll = select.epoll()
        self.busy: dict[int, _Connection] = {}
        self.idle = [self._connect() for _ in range(job["connections"])]

    def run(self) -> Outcome:
        started = perf_counter()
        deadline = started + self.seconds
        for connection in self.idle:
            self._send(connection)
        while self.busy:
            remaining = deadline + GRACE_SECONDS - perf_counter()
            events = self.epoll.poll(max(remaining, 0))
            if not events:
                break
            for descriptor, _event in events:
                self._read(self.busy[descriptor], deadline)
        self.outcome.seconds = perf_counter() - started
        for connection in self.busy.values():
            self._fail(connection, "no answer")
        self.outcome.errors = dict(self.errors)
        return self.outcome

    def _connect(self) -> _Connection:
        connection = _Connection(self.port)
        self.epoll.register(connection.socket.fileno(), select.EPOLLIN)
        return connection

    def _send(self, connection: _Connection) -> None:
        number = self.outcome.first + self.outcome.sent
        message = (b"%08d" % number).join(self.parts)
        connection.send(message.replace(NETWORK, b"%04d:%04d" % divmod(number, 10_000)), number)
        self.outcome.sent += 1
        self.busy[connection.socket.fileno()] = connection

    def _read(self, connection: _Connection, deadline: float) -> None:
        try:
            status = connection.receive()
        except OSError:
            self._fail(connection, "closed")
            del self.busy[connection.socket.fileno()]
            self.epoll.unregister(connection.socket.fileno())
            connection.socket.close()
            if perf_counter() < deadline:
                self._send(self._connect())
            return
        if status is None:
            return
        now = perf_counter()
        if status == self.expected:
            self.outcome.latencies_ms.append(round(1000 * (now - connection.started), 3))
        else:
            self._fail(connection, str(status))
        if now < deadline:
            self._send(connection)
        else:
            del self.busy[connection.socket.fileno()]

    def _fail(self, connection: _Connection, reason: str) -> None:
        self.errors[reason] += 1
        self.outcome.refused.append(connection.number)


def _message(request: Request, port: int) -> list[bytes]:
    """The bytes on the wire, cut where the number goes: a browser's form on our own page."""
    host = f"localhost:{port}"
    lines = [
        f"{request.method} {request.path} HTTP/1.1",
        f"Host: {host}",
        "Accept: text/html",
        "Accept-Language: fr",
    ]
    if request.accepts_gzip:
        lines.append("Accept-Encoding: gzip")
    lines += request.headers
    if request.method == "POST":
        length = len(request.body.replace(NUMBER, "0" * 8).encode())
        lines += [
            f"Origin: http://{host}",
            "Sec-Fetch-Site: same-origin",
            f"X-Forwarded-For: 2001:db8:{NETWORK.decode()}::1",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {length}",
        ]
    message = "\r\n".join(lines) + "\r\n\r\n" + request.body
    return [part.encode() for part in message.split(NUMBER)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(_Generator(json.load(sys.stdin)).run())))

"""A provider's HTTP API on loopback: Mailgun's `messages` and Resend's `emails/batch`.

`python -m tests.providers.http_api LOG` prints its port and serves until it is killed. Every call
that is accepted stands in LOG, on the disk, *before* it is answered: whoever is killed while
waiting for the answer has had the mails sent all the same. Standard library only.

How it behaves is POSTed to `/behaviour` as JSON, a `Behaviour`'s fields; other fields go back to
their defaults.
"""

import argparse
import contextlib
import json
import os
import random
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

HANG_SECONDS = 3600


@dataclass(frozen=True)
class Behaviour:
    """`latency` passes between acceptance and answer. Shares are of all calls, 0 to 1."""

    latency: float = 0.0
    # Accepted, but whoever called never hears of it.
    hung: float = 0.0
    reset: float = 0.0
    # In place of accepting: this status, for so many seconds (for ever where there are none).
    status: int = 0
    status_seconds: float = 0.0
    retry_after: str = ""
    # One of these among the readers, and the whole call is refused.
    bad: list[str] = field(default_factory=list)
    # For benchmarks: no log and no reading of the call.
    silent: bool = False


class Provider:
    """What is shared by all calls."""

    def __init__(self, log: Path) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._lock = threading.Lock()
        # By key: the digest of the call, and its answer.
        self._answers: dict[str, tuple[str, bytes]] = {}
        self._random = random.Random(7)  # noqa: S311
        self.behave(Behaviour())

    def behave(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._refuses_until = (
            time.monotonic() + behaviour.status_seconds if behaviour.status_seconds else None
        )

    def refuses(self) -> bool:
        until = self._refuses_until
        return bool(self.behaviour.status) and (until is None or time.monotonic() < until)

    def write(self, **line: Any) -> None:
        """On the disk when it returns."""
        with self._lock:
            os.write(self._log, json.dumps({"at": time.time(), **line}).encode() + b"\n")
            os.fsync(self._log)

    def fate(self) -> str:
        drawn = self._random.random()
        if drawn < self.behaviour.hung:
            return "hung"
        if drawn < self.behaviour.hung + self.behaviour.reset:
            return "reset"
        return "answered"

    def answer_once(self, key: str, digest: str, accept: Any) -> tuple[int, bytes]:
        """The first answer again for a key that is known. Refused for other bytes."""
        with self._lock:
            known = self._answers.get(key)
            if known is None:
                answer = accept()
                self._answers[key] = (digest, answer)
                return 201, answer
        if known[0] != digest:
            return 409, b'{"message": "Same idempotency key used with a different payload"}'
        return 200, known[1]


class Call(BaseHTTPRequestHandler):
    """One connection, kept open for as many calls as the client likes."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: "Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        provider = self.server.provider
        if self.path == "/behaviour":
            provider.behave(Behaviour(**json.loads(body)))
            self._answer(200, b"{}")
        elif provider.refuses():
            behaviour = provider.behaviour
            provider.write(status=behaviour.status, fate="refused", mails=[])
            wait = {"Retry-After": behaviour.retry_after} if behaviour.retry_after else {}
            self._answer(behaviour.status, b'{"message": "no"}', wait)
        elif self.path.endswith("/messages"):
            self._mailgun(body, provider)
        elif self.path.endswith("/emails/batch"):
            self._resend(body, provider)
        else:
            self._answer(404, b'{"message": "not here"}')

    def _mailgun(self, body: bytes, provider: Provider) -> None:
        name = sha256(body[:4096] + os.urandom(8)).hexdigest()[:20]
        answer = f'{{"id": "<{name}@mailgun.example.org>", "message": "Queued. Thank you."}}'
        if provider.behaviour.silent:
            time.sleep(provider.behaviour.latency)
            self._answer(200, answer.encode())
            return
        said = parse_qs(body.decode(), keep_blank_values=True)
        variables = json.loads(said.get("recipient-variables", ["{}"])[0])
        mails = [[variables.get(to, {}).get("v:delivery", ""), to] for to in said.get("to", [])]
        if self._refuses_content([to for _delivery, to in mails]):
            return
        fate = provider.fate()
        provider.write(key="", mails=mails, fate=fate)
        self._end(fate, 200, answer.encode())

    def _resend(self, body: bytes, provider: Provider) -> None:
        if provider.behaviour.silent:
            ids = [{"id": str(place)} for place in range(body.count(b'"to": ['))]
            time.sleep(provider.behaviour.latency)
            self._answer(200, json.dumps({"data": ids}).encode())
            return
        key = self.headers.get("Idempotency-Key", "")
        said = json.loads(body)
        mails = [
            [json.loads(mail["headers"]["X-Metadata"]).get("delivery", ""), mail["to"][0]]
            for mail in said
        ]
        if self._refuses_content([to for _delivery, to in mails]):
            return
        names = [{"id": sha256(f"{key}{to}".encode()).hexdigest()[:24]} for _, to in mails]
        status, answer = provider.answer_once(
            key or os.urandom(8).hex(), sha256(body).hexdigest(), json.dumps({"data": names}).encode
        )
        fate = provider.fate()
        if status == 201:
            provider.write(key=key, mails=mails, fate=fate)
        else:
            provider.write(key=key, mails=[], fate="repeated" if status == 200 else "other bytes")
        self._end(fate, 200 if status == 201 else status, answer)

    def _refuses_content(self, addresses: list[str]) -> bool:
        found = set(addresses) & set(self.server.provider.behaviour.bad)
        if found:
            self.server.provider.write(status=400, fate="refused", mails=[])
            self._answer(400, b'{"message": "to parameter is not a valid address"}')
        return bool(found)

    def _end(self, fate: str, status: int, answer: bytes) -> None:
        time.sleep(self.server.provider.behaviour.latency)
        if fate == "hung":
            time.sleep(HANG_SECONDS)
        elif fate == "reset":
            # Closing a socket that does not linger sends RST instead of FIN.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
        else:
            self._answer(status, answer)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def handle(self) -> None:
        # Whoever called was killed, or we have closed it ourselves.
        with contextlib.suppress(ConnectionError, ValueError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_words: object) -> None:
        """Quiet: the log is for mails."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, provider: Provider, port: int) -> None:
        super().__init__(("127.0.0.1", port), Call)
        self.provider = provider

    def handle_error(self, *_words: object) -> None:
        """A client that goes away is what the tests are about."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--port", type=int, default=0)
    for name, value in asdict(Behaviour()).items():
        if not isinstance(value, list):
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    chosen = vars(parser.parse_args())
    provider = Provider(chosen.pop("log"))
    server = Server(provider, chosen.pop("port"))
    provider.behave(Behaviour(**chosen))
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

"""A provider that answers as one once did: recorded answers, one for each call, on loopback."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG_SECONDS = 5


@dataclass(frozen=True)
class Recorded:
    """An answer; `hangs` and `resets` take the call and say nothing."""

    status: int = 200
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    resets: bool = False


@contextlib.contextmanager
def answering(*answers: Recorded) -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and the bodies of the calls so far. The last answer is for all that follow."""
    left = list(answers)
    bodies: list[bytes] = []

    class Call(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            answer = left.pop(0) if len(left) > 1 else left[0]
            if answer.hangs:
                time.sleep(HANG_SECONDS)
            if answer.hangs or answer.resets:
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.close_connection = True
                self.connection.close()
                return
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_words: object) -> None:
            """Whoever called has gone."""

    server = Quiet(("127.0.0.1", 0), Call)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", bodies
    finally:
        server.shutdown()
        server.server_close()

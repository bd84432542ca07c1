"""A mail server on loopback that takes everything: asyncio, in a process of its own.

`python -m tests.providers.smtp LOG` prints its port and serves until it is killed. Each accepted
mail stands in LOG before it is answered, envelope and body. Local parts that begin with `no-`,
`later-` and `bad-words-` are refused: 550 and 450 to RCPT, 554 to DATA; `gone-` hangs up after the
mail was taken, `shut-` in the middle of it.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import sys
import time
from pathlib import Path

END = b"\r\n.\r\n"
LARGEST = 2**22


class Session:
    """One client."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, log: int | None
    ) -> None:
        self._reader, self._writer, self._log = reader, writer, log
        self._to = ""

    async def talk(self) -> None:
        self._writer.write(b"220 sink\r\n")
        while line := await self._reader.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                if not await self._take():
                    break
            elif verb == b"QUIT":
                self._writer.write(b"221 bye\r\n")
                break
            else:
                self._writer.write(self._reply(verb, line))
            await self._writer.drain()
        self._writer.close()

    def _reply(self, verb: bytes, line: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink\r\n250 8BITMIME\r\n"
        if verb == b"RCPT":
            self._to = line.decode("utf-8", "replace").partition("<")[2].partition(">")[0]
            if self._to.startswith("no-"):
                return b"550 5.1.1 nobody\r\n"
            if self._to.startswith("later-"):
                return b"450 4.2.1 later\r\n"
        return b"250 ok\r\n"

    async def _take(self) -> bool:
        """A mail. False where the connection ends with it."""
        if self._to.startswith("shut-"):
            return False
        self._writer.write(b"354 go on\r\n")
        await self._writer.drain()
        mail = await self._reader.readuntil(END)
        if self._to.startswith("bad-words-"):
            self._writer.write(b"554 5.6.0 not these words\r\n")
            return True
        if self._log is not None:
            line = {"at": time.time(), "to": self._to, "mail": base64.b64encode(mail).decode()}
            os.write(self._log, json.dumps(line).encode() + b"\n")
            os.fsync(self._log)
        if self._to.startswith("gone-"):
            return False
        self._writer.write(b"250 taken\r\n")
        return True


async def serve(log: int | None, port: int) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await Session(reader, writer, log).talk()

    server = await asyncio.start_server(meet, "127.0.0.1", port, limit=LARGEST)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--silent", action="store_true")
    chosen = parser.parse_args()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    asyncio.run(serve(None if chosen.silent else os.open(chosen.log, flags), chosen.port))


if __name__ == "__main__":
    main()

"""Providers as processes: started, told how to behave, and asked what they accepted."""

import base64
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RunningProvider:
    """One of them. Its log outlives it."""

    port: int
    path: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, name: str) -> dict[str, str]:
        """What makes a site send through it, as `mailgun` or `resend`."""
        api = {"mailgun": f"{self.url}/v3", "resend": self.url}[name]
        return {
            "EMAIL_BACKEND": f"anymail.backends.{name}.EmailBackend",
            f"ANYMAIL_{name.upper()}_API_URL": api,
            f"ANYMAIL_{name.upper()}_API_KEY": "key-of-nobody",
        }

    def behave(self, **behaviour: Any) -> None:
        """From now on, as `http_api.Behaviour` says."""
        body = json.dumps(behaviour).encode()
        with urlopen(Request(f"{self.url}/behaviour", body), timeout=5):  # noqa: S310
            pass

    def log(self) -> list[dict[str, Any]]:
        """Every line so far, oldest first."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def accepted(self) -> Counter[int]:
        """How often it has accepted a mail of each delivery."""
        return Counter(int(delivery) for line in self.log() for delivery, _to in line["mails"])

    def accepted_at(self) -> dict[int, float]:
        """When it accepted the last mail of each delivery, in Unix seconds."""
        return {int(delivery): line["at"] for line in self.log() for delivery, _to in line["mails"]}

    def unanswered(self) -> set[int]:
        """Deliveries of calls that it accepted, and of which the caller never heard."""
        return {
            int(delivery)
            for line in self.log()
            if line["fate"] in {"hung", "reset"}
            for delivery, _to in line["mails"]
        }

    def mails(self) -> dict[str, bytes]:
        """Of a mail server: what it took for each address, dots at line starts undoubled."""
        return {
            line["to"]: base64.b64decode(line["mail"])[:-3].replace(b"\r\n..", b"\r\n.")
            for line in self.log()
        }


@contextlib.contextmanager
def running(module: str, folder: Path, *options: str) -> Iterator[RunningProvider]:
    """`http_api` or `smtp`, as a process of its own until the end of the block."""
    path = folder / f"{module}.log"
    command: Sequence[str] = [sys.executable, "-m", f"tests.providers.{module}", str(path)]
    process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield RunningProvider(int(process.stdout.readline()), path)
    finally:
        process.kill()
        process.wait()

"""Each protection is taken away once, and the test that is about it goes red.

`make torture` runs these: each is a whole run of pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running_site import ROOT

from .protections import PROTECTIONS, Protection

RED = 1


def run_without(protection: Protection, folder: Path) -> int:
    """The exit code of the protection's test when the protection is gone."""
    environment = {**os.environ, "WITHOUT": protection.name}
    if protection.needs_own_tables:
        environment["VAR_DIR"] = str(folder)
    plugin = ["-p", "tests.torture.without"]
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *plugin, protection.test],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode in {0, RED}, finished.stdout + finished.stderr
    return finished.returncode


@pytest.mark.parametrize("protection", PROTECTIONS, ids=lambda each: each.name)
def test_without_a_protection_its_test_goes_red(protection, tmp_path):
    is_red = run_without(protection, tmp_path) == RED
    said = "red" if is_red else "GREEN"
    print(f"\n{protection.name:45} {said:6} {protection.test}")  # noqa: T201
    assert is_red

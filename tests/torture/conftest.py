"""What takes minutes is collected where it is asked for: `make torture` sets TORTURE."""

import os

from tests.services.conftest import services

__all__ = ["services"]

collect_ignore = (
    [] if os.environ.get("TORTURE") else ["test_lanes.py", "test_without_protections.py"]
)

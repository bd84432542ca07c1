"""A plugin of pytest that takes one protection away: `pytest -p tests.torture.without …`.

WITHOUT names it. Its module is compiled from its source with the protection cut out, before anybody
imports it; the files stay as they are.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

from .protections import PROTECTIONS

CHOSEN = next(each for each in PROTECTIONS if each.name == os.environ["WITHOUT"])


class Cut(importlib.machinery.SourceFileLoader):
    """Compiles what is left, and keeps nothing of it."""

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text()
        assert source.count(CHOSEN.before) == 1, f"{CHOSEN.name}: not where it was"
        code = compile(source.replace(CHOSEN.before, CHOSEN.after), self.path, "exec")
        assert isinstance(code, CodeType)
        return code


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != CHOSEN.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = Cut(fullname, spec.origin)
        return spec


sys.meta_path.insert(0, Finder())

"""Reads that several parts share. Nothing here writes."""

from .pages import known_page, page_behind

__all__ = ["known_page", "page_behind"]

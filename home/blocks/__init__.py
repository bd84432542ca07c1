"""Blocks: what an editor can put on a page, and the bodies that compose them."""

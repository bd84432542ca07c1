"""A value for any block, with words of its own in every text: made by walking the block."""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from campaigns.cases.choosers import CaseChooserBlock
from campaigns.petitions.choosers import PetitionChooserBlock


class BlockFiller:
    """Fills blocks as the editor stores them, and remembers the words that it wrote."""

    def __init__(self, *, image: Any, document: Any, page: Any, petition: Any) -> None:
        self.image, self.document, self.page, self.petition = image, document, page, petition
        self.words: list[str] = []
        self._numbers = count(1)

    def _word(self, name: str) -> str:
        word = f"mot{next(self._numbers)}x{name.replace('_', '')}"
        self.words.append(word)
        return word

    def stream(self, body: type[blocks.StreamBlock]) -> list[dict[str, Any]]:
        """Every block of a body, once."""
        return [
            {"type": name, "value": self.fill(block, name), "id": str(uuid4())}
            for name, block in body().child_blocks.items()
        ]

    def fill(self, block: blocks.Block, name: str) -> Any:
        makers: list[tuple[type, Callable[[], Any]]] = [
            (PetitionChooserBlock, lambda: self.petition.pk),
            (CaseChooserBlock, lambda: self.petition.case_id),
            (ImageBlock, self._picture),
            (DocumentChooserBlock, lambda: self.document.pk),
            (blocks.PageChooserBlock, lambda: self.page.pk),
            (blocks.RichTextBlock, lambda: f"<p>{self._word(name)}</p>"),
            (blocks.EmailBlock, lambda: "office@example.org"),
            (blocks.ChoiceBlock, lambda: block.get_default()),
            (blocks.CharBlock, lambda: self._word(name)),
            (blocks.TextBlock, lambda: self._word(name)),
            (blocks.ListBlock, lambda: self._items(block, name)),
            (
                blocks.StructBlock,
                lambda: {key: self.fill(child, key) for key, child in block.child_blocks.items()},
            ),
        ]
        for kind, make in makers:
            if isinstance(block, kind):
                return make()
        raise AssertionError(f"Say here how a {type(block).__name__} is filled in.")

    def _picture(self) -> dict[str, Any]:
        return {"image": self.image.pk, "decorative": False, "alt_text": self._word("alt")}

    def _items(self, block: blocks.ListBlock, name: str) -> list[dict[str, Any]]:
        return [
            {"type": "item", "value": self.fill(block.child_block, name), "id": str(uuid4())}
            for _number in range(2)
        ]

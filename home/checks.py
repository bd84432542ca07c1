"""Rules of the house about blocks, as code."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from .blocks.bodies import DownloadsBody, InstructionsBody, PageBody

BODIES: list[type[blocks.StreamBlock]] = [PageBody, InstructionsBody, DownloadsBody]


def every_block() -> Iterator[tuple[str, blocks.Block]]:
    """Each block that an editor can pick, with its name."""
    for body in BODIES:
        blocks_of_body: dict[str, blocks.Block] = body().child_blocks
        yield from blocks_of_body.items()


@register()
def blocks_can_be_translated(**_options: Any) -> list[Error]:
    """wagtail-localize drops lists and breaks on pictures below a second StructBlock."""
    problems = []

    def visit(name: str, block: blocks.Block, structs: int) -> None:
        if isinstance(block, ImageBlock):
            if structs > 1:
                problems.append(_too_deep(name, block))
            return
        if isinstance(block, blocks.ListBlock):
            if structs > 1:
                problems.append(_too_deep(name, block))
            visit(name, block.child_block, structs)
        elif isinstance(block, blocks.StructBlock):
            for child_name, child in block.child_blocks.items():
                visit(f"{name}.{child_name}", child, structs + 1)

    for name, block in every_block():
        visit(name, block, 0)
    return problems


def _too_deep(name: str, block: blocks.Block) -> Error:
    return Error(
        f"Block {name} stands below two levels of StructBlock; its text could not be translated.",
        hint="Flatten the block, or use a StreamBlock for what repeats.",
        obj=block,
        id="home.E001",
    )


@register()
def blocks_explain_themselves(**_options: Any) -> list[Error]:
    """An editor sees what a block is before choosing it."""
    return [
        Error(
            f"Block {name} lacks an icon, a description, a template or a preview.",
            obj=block,
            id="home.E002",
        )
        for name, block in every_block()
        if not (
            block.meta.icon != "placeholder"
            and block.get_description()
            and getattr(block.meta, "template", None)
            and block.is_previewable
        )
    ]

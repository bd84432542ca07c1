"""Rules of the house about blocks, as code."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock

from .blocks.bodies import DownloadsBody, InstructionsBody, MarathonBody, PageBody

BODIES: list[type[blocks.StreamBlock]] = [
    PageBody,
    InstructionsBody,
    DownloadsBody,
    MarathonBody,
]


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


def mailable_blocks() -> Iterator[tuple[str, blocks.Block]]:
    """Each block that may stand in a page that can be sent as a mail, with its name."""
    from .mails import MAILABLE  # Models know blocks.

    bodies = {
        field.stream_block.__class__: field.stream_block
        for model in MAILABLE
        for field in model._meta.get_fields()
        if isinstance(field, StreamField)
    }
    for body in bodies.values():
        yield from body.child_blocks.items()


@register()
def blocks_can_be_mailed(**_options: Any) -> list[Error]:
    """What stands on a page that is sent as a mail is there in its HTML and in its text."""
    return [
        Error(
            f"Block {name} can stand in a mail and has no {option}.",
            hint="Name the template in its Meta, and write it: see templates/blocks/mail/.",
            obj=block,
            id="home.E003",
        )
        for name, block in mailable_blocks()
        for option in ("mail_template", "text_template")
        if not _is_template(getattr(block.meta, option, None))
    ]


def _is_template(name: str | None) -> bool:
    try:
        return bool(name and get_template(name))
    except TemplateDoesNotExist:
        return False

"""The system checks see nothing wrong with the site, and see what they are for."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from home import checks


def test_the_site_passes_its_own_checks():
    assert [problem for problem in run_checks() if problem.level >= 20] == []


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration(capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


class Inner(blocks.StructBlock):
    items = blocks.ListBlock(blocks.CharBlock())


class PictureInner(blocks.StructBlock):
    picture = ImageBlock()


class DeepList(blocks.StructBlock):
    inner = Inner()


class DeepPicture(blocks.StructBlock):
    inner = PictureInner()


@pytest.mark.parametrize("block", [DeepList, DeepPicture])
def test_a_block_that_could_not_be_translated_is_an_error(monkeypatch, block):
    body = type("Body", (blocks.StreamBlock,), {"deep": block()})
    monkeypatch.setattr(checks, "BODIES", [body])
    assert {problem.id for problem in checks.blocks_can_be_translated()} == {"home.E001"}


def test_a_block_that_explains_nothing_is_an_error(monkeypatch):
    body = type("Body", (blocks.StreamBlock,), {"bare": blocks.CharBlock()})
    monkeypatch.setattr(checks, "BODIES", [body])
    assert {problem.id for problem in checks.blocks_explain_themselves()} == {"home.E002"}

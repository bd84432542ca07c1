"""Which blocks an editor may use where: the only place that composes."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from campaigns.petitions.blocks import SignBlock
from campaigns.supporters.blocks import SignUpBlock

from .links import CallToActionBlock, CaseCardsBlock
from .marathon import MarathonCaseBlock
from .media import DownloadBlock, PictureBlock
from .text import (
    FactsBlock,
    HeadingBlock,
    ParagraphBlock,
    PeopleBlock,
    StepBlock,
    StepsBlock,
    TestimonyBlock,
    TimelineBlock,
)


class PageBody(blocks.StreamBlock):
    """The body of every page: words, pictures, people, and the two forms."""

    heading = HeadingBlock(group=_("Words"))
    paragraph = ParagraphBlock(group=_("Words"))
    facts = FactsBlock(group=_("Words"))
    timeline = TimelineBlock(group=_("Words"))
    testimony = TestimonyBlock(group=_("Words"))
    steps = StepsBlock(group=_("Words"))
    people = PeopleBlock(group=_("Words"))
    picture = PictureBlock(group=_("Pictures"))
    cases = CaseCardsBlock(group=_("Ways on"))
    call_to_action = CallToActionBlock(group=_("Ways on"))
    sign = SignBlock(group=_("Forms"))
    sign_up = SignUpBlock(group=_("Forms"))


class InstructionsBody(blocks.StreamBlock):
    """The third part of an urgent action: what to do, step by step."""

    step = StepBlock()


class DownloadsBody(blocks.StreamBlock):
    """Files to take along from a case."""

    download = DownloadBlock()


class MarathonBody(blocks.StreamBlock):
    """The short texts of the letter marathon's cases."""

    case = MarathonCaseBlock()

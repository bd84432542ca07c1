"""Being written."""

from campaigns.supporters.mailed_links import MailedLinkPage

from ..links import TELL_US


class TellUsPage(MailedLinkPage):
    purpose = TELL_US

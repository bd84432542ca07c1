"""What the samples of mails share."""

from ..links import FooterLinks

SAMPLE_ADDRESS = "reader@example.org"
SAMPLE_LINK = "https://example.org/link/sample/"
SAMPLE_FOOTER = FooterLinks(
    fewer=f"{SAMPLE_LINK}fewer/",
    pause=f"{SAMPLE_LINK}pause/",
    stop_all=f"{SAMPLE_LINK}stop-all/",
    my_data=f"{SAMPLE_LINK}my-data/",
)

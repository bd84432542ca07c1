"""Models that hold nothing about supporters, and why: ours of the site, and those of others."""

from campaigns.personal_data import declare_without_supporters


def declare_models() -> None:
    """Called when the app is ready."""
    declare_without_supporters("What we publish.", "home", "media")
    declare_without_supporters(
        "Cases and urgent actions are about persons in danger, under their own consents.",
        "cases",
        # By name: others of letters do hold something.
        *("letters.UrgentAction", "letters.UrgentActionIssue", "letters.IssueTarget"),
        *("letters.Demand", "letters.ModelLetter"),
    )
    declare_without_supporters(
        "Prices of stamps, and where no post goes.",
        *("letters.PostageRate", "letters.PostalSuspension"),
    )
    declare_without_supporters(
        "Members of staff, who have accounts; supporters have none.",
        "users",
        "auth",
        "sessions",
        "wagtailusers",
        "wagtailadmin",
    )
    declare_without_supporters(
        "Pages, files and their history. Logs name a supporter by number alone.",
        "wagtailcore",
        "wagtailimages",
        "wagtaildocs",
        "wagtailredirects",
        "wagtailsearch",
        "wagtail_localize",
        "taggit",
        "contenttypes",
    )

"""Registrations in Wagtail's admin; no logic."""

from wagtail import hooks

from campaigns.petitions.choosers import petition_chooser_viewset

from .viewsets import CampaignsGroup, SupportersGroup


@hooks.register("register_admin_viewset")
def register_petition_chooser() -> object:
    return petition_chooser_viewset


@hooks.register("register_admin_viewset")
def register_campaigns() -> object:
    return CampaignsGroup()


@hooks.register("register_admin_viewset")
def register_supporters() -> object:
    return SupportersGroup()

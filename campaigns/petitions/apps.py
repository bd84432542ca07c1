from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "campaigns.petitions"
    label = "petitions"
    verbose_name = "Petitions"

    def ready(self) -> None:
        from campaigns.cases.signals import exposure_changed
        from campaigns.outbox import kinds, suppression_ledger
        from campaigns.supporters import own_page, staff
        from campaigns.transfers import sources

        from . import mails, own_messages
        from .handover import SIGNATURES
        from .own_page import SECTION, withdraw_again
        from .personal_data import declare_models
        from .receivers import keep_names_out_of_addresses
        from .staff import MERGE, MERGE_MESSAGES, MESSAGES_TIMELINE, TIMELINE

        exposure_changed.connect(keep_names_out_of_addresses)

        own_page.register(SECTION)
        own_page.register(own_messages.SECTION)
        for kind in mails.KINDS:
            kinds.register(kind)
        declare_models()
        sources.register(SIGNATURES)
        staff.register_timeline(TIMELINE)
        staff.register_timeline(MESSAGES_TIMELINE)
        staff.register_merge(MERGE)
        staff.register_merge(MERGE_MESSAGES)
        suppression_ledger.register("withdrawn_signature", withdraw_again)
        suppression_ledger.register("withdrawn_message", own_messages.withdraw_again)

from django.apps import AppConfig


class MailingsConfig(AppConfig):
    name = "campaigns.mailings"
    label = "mailings"
    verbose_name = "Mailings"

    def ready(self) -> None:
        from campaigns.cases.signals import acting_ended, exposure_changed
        from campaigns.outbox import deliveries, kinds
        from campaigns.supporters import mail_counts, staff

        from . import rehearsals
        from .audience_rows import mails_since
        from .personal_data import declare_models
        from .receivers import stop_mailings
        from .reports import DELIVERIES
        from .staff import MERGE, TIMELINE

        declare_models()
        deliveries.register(DELIVERIES)
        mail_counts.register(mails_since)
        staff.register_timeline(TIMELINE)
        staff.register_merge(MERGE)
        for kind in rehearsals.KINDS:
            kinds.register(kind)
        exposure_changed.connect(stop_mailings)
        acting_ended.connect(stop_mailings)

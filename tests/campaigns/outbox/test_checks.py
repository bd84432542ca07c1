"""What a deployer gets wrong about mail is said before anything is lost."""

from django.core.checks import run_checks


def problems() -> set[str]:
    found = run_checks(include_deployment_checks=True, tags=["security"])
    return {problem.id for problem in found if problem.id.startswith("outbox.")}


def test_a_deployment_that_mails_into_its_own_inbox_is_wrong(settings):
    settings.EMAIL_BACKEND = settings.LOCAL_INBOX_BACKEND
    assert problems() == {"outbox.E001"}


def test_a_deployment_that_believes_any_webhook_is_wrong(settings):
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {}
    assert problems() == {"outbox.E002"}


def test_a_deployment_with_a_provider_and_a_secret_is_right(settings):
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "post:office"}
    assert problems() == set()


def test_a_deployment_that_mails_by_smtp_needs_no_webhook_secret(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.ANYMAIL = {}
    assert problems() == set()

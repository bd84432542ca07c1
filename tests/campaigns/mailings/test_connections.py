"""What closes or loses connections works on a database of its own: transactions really commit."""

from django.core.management import call_command
from django.db import OperationalError, connection

from campaigns.mailings.models import Mailing
from tests.factories.facts import make_petition
from tests.factories.mailings import make_audience, make_mailing, make_readers, start
from tests.factories.people import sign

from .ledger import states, work
from .scripted import provider


def test_run_outbox_sends_single_mails_and_mailings(own_database, mailoutbox):
    audience = make_audience()
    make_readers(audience.formula, 30)
    mailing = start(make_mailing(audience=audience))
    sign(make_petition(), email="signer@example.org")
    call_command("run_outbox", "--once")
    assert states(mailing) == {"ACCEPTED": 30}
    assert mailing.state == Mailing.State.SENT
    # Whoever has just signed does not wait for a mailing.
    assert mailoutbox[0].to == ["signer@example.org"]


def test_an_answer_in_hand_waits_for_a_database_that_comes_back(own_database, settings):
    with provider(settings) as script:
        audience = make_audience()
        make_readers(audience.formula, 3, language="fr")
        mailing = start(make_mailing(audience=audience))
        refusals = []

        def is_gone_once(execute, sql, parameters, many, context):
            if '"mailings_chunk"' in sql and "UNCERTAIN" in parameters and not refusals:
                refusals.append(sql)
                raise OperationalError("the connection is closed")
            return execute(sql, parameters, many, context)

        def lose_the_database(_message):
            gone.__enter__()

        gone = connection.execute_wrapper(is_gone_once)
        script.append(lose_the_database)
        work()
        gone.__exit__(None, None, None)
    assert refusals
    assert states(mailing) == {"ACCEPTED": 3}

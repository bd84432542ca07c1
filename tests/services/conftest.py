"""The site as processes, on the services that the environment names."""

import os
from collections.abc import Iterator

import pytest

from tests.missing import do_without
from tests.running_site import RunningSite, own_database

from .brokers import Broker, broker_from


@pytest.fixture(scope="session")
def services() -> dict[str, str]:
    """DATABASE_URL and CELERY_BROKER_URL; without them there is nothing to test here."""
    wanted = ("DATABASE_URL", "CELERY_BROKER_URL")
    missing = [name for name in wanted if not os.environ.get(name)]
    if missing:
        do_without(f"{' and '.join(missing)} not set (make test-services sets them)")
    return {name: os.environ[name] for name in wanted}


@pytest.fixture(scope="session")
def broker(services: dict[str, str]) -> Iterator[Broker]:
    """A broker of the named kind that the tests may stop."""
    with broker_from(services["CELERY_BROKER_URL"]) as broker:
        yield broker


@pytest.fixture(scope="session")
def running_site(
    services: dict[str, str], broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    with own_database(services["DATABASE_URL"], f"obstinate_services_{os.getpid()}") as database:
        environment = {"CELERY_BROKER_URL": broker.url}
        if database:
            environment["DATABASE_URL"] = database
        site = RunningSite(tmp_path_factory.mktemp("site"), environment)
        with site.running():
            yield site

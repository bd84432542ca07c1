"""Fixtures for the whole suite.

Every test starts from the same database: migrated and set up (`home.setup`), with an empty home
page in each language and nothing else. `demo` swaps in a copy with the demonstration site.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone, translation

from tests.databases import connected_to, copy_of_database, tables_laid_out_once
from tests.running_site import RunningSite

# Characters: about thirty lines.
LONGEST_LOG = 3000


def pytest_configure(config: pytest.Config) -> None:
    """Compile the words of the interface: once, before any worker reads them."""
    if not hasattr(config, "workerinput"):
        from config.catalogues import compile_catalogues

        compile_catalogues()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails beside a running site says what the site's processes printed last."""
    report = yield
    if report.failed:
        for site in getattr(item, "funcargs", {}).values():
            if isinstance(site, RunningSite):
                report.sections += [
                    (f"the end of {name}.log", site.log(name)[-LONGEST_LOG:])
                    for name in site.processes
                ]
    return report


@pytest.fixture(scope="session", autouse=True)
def _media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Pictures made by tests go with the tests."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment,
    django_db_modify_db_settings,
    django_db_keepdb,
    django_db_blocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The state in which a site is handed to its staff, once per worker.

    Yields the name of a copy that nobody writes to, for those who need a database of their own:
    the one that tests share may be in the middle of a transaction.

    In place of pytest-django's: that one makes no database when only tests with `demo` or
    `own_database` were chosen, and they would then copy the real one.
    """
    from home.setup import set_up_site

    untouched = ExitStack()
    with django_db_blocker.unblock():
        with tables_laid_out_once():
            databases = setup_databases(
                verbosity=0, interactive=False, aliases=["default"], keepdb=django_db_keepdb
            )
        set_up_site()
        folder = tmp_path_factory.mktemp("untouched")
        name = untouched.enter_context(copy_of_database("untouched", folder))
    yield name
    with django_db_blocker.unblock():
        untouched.close()
        if not django_db_keepdb:
            teardown_databases(databases, verbosity=0)


@pytest.fixture(autouse=True)
def _clean_slate(settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test inherits a language or a cached value from another one, or another worker."""
    settings.SUPPRESSION_LEDGER_DIR = tmp_path_factory.mktemp("ledger")
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="module")
def rows_of_module(django_db_setup, django_db_blocker) -> Iterator[None]:
    """For fixtures of a module: what they put into the database is there for all of its tests.

    Each test's own changes are rolled back, and these rows after the last test. All tests of the
    module have to expect them, whatever their order.
    """
    together = transaction.atomic()
    together._from_testcase = True  # The tests' own transactions may be durable ones.
    with django_db_blocker.unblock():
        together.__enter__()
        if connection.vendor == "postgresql":
            # It waits for as long as something else takes, such as building the demonstration.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        together.__exit__(None, None, None)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def site(db):
    """The site record; its home pages exist in every language."""
    from wagtail.models import Site

    return Site.objects.get(is_default_site=True)


@pytest.fixture
def home_pages(site):
    """The empty home pages by language."""
    from home.models import HomePage

    return {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}


@pytest.fixture(scope="session")
def _demo_database(
    django_db_setup, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    from home.demo.builder import build_demo

    with (
        django_db_blocker.unblock(),
        copy_of_database("demo", tmp_path_factory.mktemp("demo"), of=django_db_setup) as name,
    ):
        with connected_to(name):
            build_demo(now=timezone.now())
        yield name


@pytest.fixture
def demo(_demo_database, django_db_blocker) -> Iterator[None]:
    """The demonstration site, built once per worker. What a test changes is rolled back."""
    ContentType.objects.clear_cache()
    with django_db_blocker.unblock(), connected_to(_demo_database), transaction.atomic():
        yield
        transaction.set_rollback(True)
    ContentType.objects.clear_cache()


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, tmp_path: Path) -> Iterator[None]:
    """A database that no other test sees: transactions commit and threads may write."""
    with (
        django_db_blocker.unblock(),
        copy_of_database("own", tmp_path, of=django_db_setup) as name,
        connected_to(name),
    ):
        yield

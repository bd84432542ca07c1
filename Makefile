# Two commands do all the set-up on a bare clone: `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HOST ?= 127.0.0.1
export PORT ?= 8000
export BASE_URL ?= http://localhost:$(PORT)
export PYTHONPATH := site:.

# What `make test-services` runs against; override to point elsewhere.
SERVICES_DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/test
SERVICES_REDIS_URL ?= redis://127.0.0.1:6379/5
SERVICES_RABBITMQ_URL ?= amqp://guest:guest@127.0.0.1:5672//

.PHONY: run set-up test test-services test-browser lint bench torture messages catalogues requirements clean

run: $(VENV)/run.stamp catalogues
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(BIN)/python manage.py demo
	@DJANGO_SETTINGS_MODULE=config.settings.dev PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho start

test: $(VENV)/dev.stamp catalogues
	$(BIN)/pytest -n auto --dist worksteal -m "not browser and not services"
	@echo "Browser tests: make test-browser (needs Chromium). Service tests: make test-services."

test-browser: $(VENV)/dev.stamp catalogues
	$(BIN)/pytest -m browser

test-services: $(VENV)/dev.stamp catalogues
	DATABASE_URL=$(SERVICES_DATABASE_URL) CELERY_BROKER_URL=$(SERVICES_REDIS_URL) \
	CACHE_URL=$(SERVICES_REDIS_URL) $(BIN)/pytest -n auto --dist worksteal -m "not browser and not services"
	DATABASE_URL=$(SERVICES_DATABASE_URL) CELERY_BROKER_URL=$(SERVICES_REDIS_URL) \
	CACHE_URL=$(SERVICES_REDIS_URL) $(BIN)/pytest -m services
# With RabbitMQ only what stops the broker: the other tests do not depend on which one it is.
	DATABASE_URL=$(SERVICES_DATABASE_URL) CELERY_BROKER_URL=$(SERVICES_RABBITMQ_URL) \
	CACHE_URL=$(SERVICES_REDIS_URL) $(BIN)/pytest -m services tests/services/test_broker.py

lint: $(VENV)/dev.stamp catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djhtml --check templates
	$(BIN)/lint-imports
	$(BIN)/mypy campaigns home site/config
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/dev.stamp catalogues
	BENCH_DATABASE_URL=$(SERVICES_DATABASE_URL) $(BIN)/python -m tests.benchmarks
	BENCH_DATABASE_URL=$(SERVICES_DATABASE_URL) $(BIN)/python -m tests.benchmarks.importing
	$(BIN)/python -m tests.benchmarks.crowds
	BENCH_DATABASE_URL=$(SERVICES_DATABASE_URL) $(BIN)/python -m tests.benchmarks.storm
	BENCH_DATABASE_URL=$(SERVICES_DATABASE_URL) $(BIN)/python -m tests.benchmarks.mailings
	$(BIN)/python -m tests.benchmarks.letters

# Mailings under fire: the long form of what `make test-services` does, and each protection taken
# away once. Prints the figures.
torture: $(VENV)/dev.stamp catalogues
	TORTURE=1 MAILING_READERS=10000 MAILING_KILLS=20 MAILING_STOPPING=200 \
	DATABASE_URL=$(SERVICES_DATABASE_URL) CELERY_BROKER_URL=$(SERVICES_REDIS_URL) \
	CACHE_URL=$(SERVICES_REDIS_URL) $(BIN)/pytest -q -s -m services \
		tests/services/test_mailings.py tests/torture
	TORTURE=1 $(BIN)/pytest -q -s -m "not services" tests/torture

# The words of the interface, from the code into locale/*.po (needs GNU gettext).
messages: $(VENV)/dev.stamp
	$(BIN)/python manage.py makemessages --all --no-wrap --no-location --no-obsolete \
		--extension html,txt,mjml,py --ignore ".venv/*" --ignore "var/*" --ignore "tests/*"

# …and into the form that is read at run time, without gettext.
catalogues: $(VENV)/run.stamp
	@$(BIN)/python -m config.catalogues

requirements:
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
		--strip-extras --no-header -o requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --extra dev --generate-hashes --allow-unsafe --no-emit-index-url \
		--no-emit-find-links --strip-extras --no-header -c requirements.txt \
		-o requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) var

$(VENV)/run.stamp: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the site needs…"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Installing what the tests need…"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

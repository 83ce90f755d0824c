# What can be done here. `make help` prints this list.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-header

.DEFAULT_GOAL := help
.PHONY: help install demo test test-cluster lint docs lock migration bench soak s3-server opensearch-server screenshots clean

help: ## Print this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) tools/check_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

install: $(VENV)/installed ## Make .venv with the locked dependencies and the muniment command

demo: install ## Make a demo company and serve it
	$(BIN)/muniment demo

test: $(VENV)/installed-dev ## Run the whole test suite
	$(BIN)/python tools/browser.py
	$(BIN)/pytest -n auto --dist loadgroup

test-cluster: $(VENV)/installed-dev ## Run contract suites and journeys on PostgreSQL, S3 and OpenSearch, started for it
	$(BIN)/python -m tools.servers
	$(BIN)/python -m tests.cluster

lint: $(VENV)/installed-dev ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: $(VENV)/installed ## Print the pages of docs/ that come from the code
	$(BIN)/python -m tools.make_docs

lock: $(VENV)/installed-dev ## Write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml $(LOCKING) --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras $(LOCKING) --output-file requirements-dev.lock

migration: $(VENV)/installed ## Write the migration to the schema as it is now: make migration NAME=what_it_does
	$(BIN)/python tools/make_migration.py $(NAME)

bench: $(VENV)/installed-dev ## Measure, beside competitors where they are installed
	$(BIN)/python -m tests.bench

s3-server: ## Build the S3 server that tests of backups use where it is there (needs Go)
	$(PYTHON) tools/s3_server.py

opensearch-server: ## Fetch the search server that tests of its engine use where it is there (needs Maven; it runs on Java)
	$(PYTHON) tools/opensearch_server.py

soak: $(VENV)/installed-dev ## Run what takes too long for the suite: a thousand kills, ten thousand files at once, walks of twenty minutes
	$(BIN)/python -m tests.soak

screenshots: $(VENV)/installed-dev ## Write a picture of every page to screenshots/
	$(BIN)/python -m tests.browser.screenshots screenshots

clean: ## Remove what can be made again; homes are left alone
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis

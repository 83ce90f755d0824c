# What can be done here. `make help` prints this list.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test lint docs bench screenshots clean

help: ## Print this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

lint: $(VENV)/installed-dev ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: $(VENV)/installed ## Print the pages of docs/ that come from the code
	$(BIN)/python -m tools.make_docs

bench: $(VENV)/installed-dev ## Measure, beside competitors where they are installed
	$(BIN)/python -m tests.bench

screenshots: $(VENV)/installed-dev ## Write a picture of every page to screenshots/
	$(BIN)/python -m tests.browser.screenshots screenshots

clean: ## Remove what can be made again; homes are left alone
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis

# Needs Python 3.11 and make; everything else is set up in .venv from pinned, hashed requirements.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test kills lint types check lock clean

setup: $(VENV)/ready $(VENV)-target/ready ## set up the virtual environments

$(VENV)/ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The target has pins of its own, as it would have under Meltano.
$(VENV)-target/ready: requirements/target.txt
	$(PYTHON) -m venv $(VENV)-target
	$(VENV)-target/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/target.txt
	touch $@

demo: setup ## sandbox | tap | DuckDB, with every row counted
	$(BIN)/python scripts/demo.py

test: setup ## all tests
	$(BIN)/python -m pytest

kills: setup ## a backfill killed at every call to Amazon, and twenty times by SIGKILL
	$(BIN)/python -m pytest --every-kill tests/retrieval/test_kills.py
	$(BIN)/python -m benchmarks.kills

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy --strict tap_mws_reports

check: lint types test ## what CI runs

LOCK := pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header

lock: ## choose versions anew; needs pip-tools
	$(LOCK) -o requirements/dev.txt pyproject.toml requirements/dev.in
	$(LOCK) -o requirements/target.txt requirements/target.in
	sed -i -e '/^--/d' -e '1{/^$$/d}' requirements/*.txt # where packages came from is nobody else's business

clean:
	rm -rf $(VENV) $(VENV)-target demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

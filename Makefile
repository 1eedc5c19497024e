# Needs Python 3.11 and make; everything else is set up in .venv from pinned, hashed requirements.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo docs test meltano-test kills lint types check fuzz lock clean

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

API ?= mws

demo: setup ## sandbox | tap | DuckDB, with every row counted; API=sp_api asks the other service
	$(BIN)/python scripts/demo.py --api $(API)

docs: setup ## the pages about report types, from their entries
	$(BIN)/python scripts/make_docs.py

test: setup ## all tests
	$(BIN)/python -m pytest

# Meltano has pins of its own; its plugins are installed as it would for anybody.
$(VENV)-meltano/ready: requirements/meltano.txt
	$(PYTHON) -m venv $(VENV)-meltano
	$(VENV)-meltano/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/meltano.txt
	touch $@

meltano-test: setup $(VENV)-meltano/ready ## Meltano installs, adds, tests, runs and stops the tap
	MELTANO_TESTS=1 $(BIN)/python -m pytest tests/meltano

kills: setup ## a backfill killed at every call to Amazon, and twenty times by SIGKILL
	$(BIN)/python -m pytest --every-kill tests/retrieval/test_kills.py
	$(BIN)/python -m benchmarks.kills

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy --strict tap_mws_reports

check: lint types test ## what CI runs

RUNS ?= 1000000

fuzz: $(VENV)-fuzz/ready ## read RUNS documents made of chance; what fails becomes a case in fuzz/corpus
	mkdir -p .fuzz
	PYTHONPATH=. $(VENV)-fuzz/bin/python fuzz/fuzz_read.py -runs=$(RUNS) -max_len=384 -artifact_prefix=fuzz/corpus/ .fuzz fuzz/corpus

$(VENV)-fuzz/ready: requirements/fuzz.txt
	$(PYTHON) -m venv $(VENV)-fuzz
	$(VENV)-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	touch $@

LOCK := pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header

lock: ## choose versions anew; needs pip-tools
	$(LOCK) -o requirements/dev.txt pyproject.toml requirements/dev.in
	$(LOCK) -o requirements/target.txt requirements/target.in
	$(LOCK) -o requirements/meltano.txt requirements/meltano.in
	$(LOCK) -c requirements/dev.txt -o requirements/fuzz.txt pyproject.toml requirements/fuzz.in
	sed -i -e '/^--/d' -e '/./,$$!d' requirements/*.txt # where packages came from is nobody else's business

clean:
	rm -rf $(VENV) $(VENV)-target $(VENV)-fuzz $(VENV)-meltano .fuzz demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

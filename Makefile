# Needs Python 3.11 and make; everything else is set up in .venv from pinned, hashed requirements.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

# Compiled modules and rewritten tests are kept: else each process of the tests makes them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup warehouse-setup clients-setup demo docs test slow-test warehouse-test clients-test meltano-test
.PHONY: kills properties recipes-test page-test recording dbt-test scale-test site simulate proof teeth mutants
.PHONY: benchmarks lint types check quick fuzz lock clean supply-chain

setup: $(VENV)/ready $(VENV)-target/ready ## set up the virtual environments

$(VENV)/ready: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Each target has pins and an environment of its own, as it would have under Meltano: the rule makes
# .venv-NAME from requirements/NAME.txt.
$(VENV)-%/ready: requirements/%.txt
	$(PYTHON) -m venv $(VENV)-$*
	$(VENV)-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# `target` is target-duckdb, `target-unpinned` the same with the DuckDB that it is not held back to,
# `postgres` the server that tests and the demo load into.
WAREHOUSES := target target-unpinned target-postgres target-csv target-jsonl target-s3 target-snowflake target-bigquery postgres
WAREHOUSE_SETUP := $(WAREHOUSES:%=$(VENV)-%/ready)

warehouse-setup: setup $(WAREHOUSE_SETUP) ## an environment for every target, and a PostgreSQL server

API ?= sp_api
TARGET ?= duckdb
DEMO_SETUP := $(if $(filter postgres,$(TARGET)),$(VENV)-target-postgres/ready $(VENV)-postgres/ready)

demo: setup $(DEMO_SETUP) ## sandbox | tap | DuckDB, every row counted; API=mws, TARGET=postgres
	$(BIN)/python scripts/demo.py --api $(API) --target $(TARGET)

recording: setup ## docs/demo.svg, which opens the README: the demo runs anew and is recorded
	$(BIN)/python scripts/record_demo.py

site: $(VENV)-site/node_modules/ready ## the documentation as a site in site/, without a warning
	NO_MKDOCS_2_WARNING=1 $(VENV)-site/bin/mkdocs build --strict --quiet

docs: setup ## the pages about report types and the files for Meltano, from entries and settings
	$(BIN)/python scripts/make_docs.py

# One process per core; `make test TESTS="tests/api -n 0"` runs a part of them in one process.
TESTS ?=

test: setup ## all tests, on every core; TESTS="tests/api -n 0" runs a part in one process
	$(BIN)/python -m pytest -q -n auto --dist worksteal $(TESTS)

slow-test: setup ## the slow proofs: real processes killed and stopped, long backfills moved between services
	$(BIN)/python -m pytest -q -n auto --dist worksteal --slow -m slow $(TESTS)

warehouse-test: warehouse-setup ## every target, loaded by real pipes; each value is compared with Amazon's documents
	$(BIN)/python -m pytest --warehouses tests/warehouses

# Packages of Node come from npm's registry by the integrity in the lock file. Without npm the clients of
# Node are left out, and their tests say so; the site's diagrams are then drawn only with a network.
$(VENV)-%/node_modules/ready: requirements/%/package-lock.json $(VENV)-%/ready
	@if command -v npm > /dev/null; then \
		cp requirements/$*/package.json requirements/$*/package-lock.json $(VENV)-$*/ && \
		npm ci --prefix $(VENV)-$* --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else echo "npm is missing: the packages of requirements/$*/package.json are left out" >&2; fi
.SECONDARY: $(VENV)-clients/ready $(VENV)-site/ready

clients-setup: setup $(VENV)-clients/node_modules/ready ## environments for other people's clients

clients-test: clients-setup ## other people's clients run a report's life in the sandbox
	$(BIN)/python -m pytest -rs --clients tests/clients

# Meltano installs its plugins as it would for anybody.
meltano-test: setup $(VENV)-meltano/ready $(VENV)-postgres/ready ## Meltano installs, adds, tests, runs and stops the tap
	$(BIN)/python -m pytest --meltano tests/meltano

page-test: setup $(VENV)-site/node_modules/ready ## page and diagrams in a headless Chromium, if there is one; pictures in demo/screenshots
	$(BIN)/python -m pytest -rs -n 0 --screenshots tests/page/test_screenshots.py tests/page/test_site_diagrams.py

dbt-test: setup $(VENV)-dbt/ready $(VENV)-postgres/ready ## the dbt package over DuckDB and PostgreSQL, compared with the sandbox
	$(BIN)/python -m pytest -rs -n 0 --dbt tests/dbt

recipes-test: setup $(VENV)-airflow/ready $(VENV)-dagster/ready ## Airflow and Dagster load the sandbox by the recipes of the documentation
	$(BIN)/python -m pytest -rs -n 0 --recipes tests/recipes

# Airflow with a scheduler and workers of its own, 200 sellers of the sandbox: about eleven minutes.
scale-test: setup $(VENV)-airflow/ready $(VENV)-postgres/ready $(VENV)-target-postgres/ready ## Airflow loads 200 sellers in four shards, one of which is killed
	$(BIN)/python -m pytest --scale tests/scale

kills: setup ## kill the tap at every call to Amazon, stop it by signals 20 times, SIGKILL it 20 times; 100 seeds twice
	$(BIN)/python -m pytest -q --every-kill tests/retrieval/test_kills.py tests/retrieval/test_older_states.py tests/test_determinism.py \
		tests/streams/test_declared_columns.py tests/test_kill.py tests/test_move.py tests/test_stopping.py tests/dlt/test_kills.py
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m benchmarks.stops

SEEDS ?= 1-500

simulate: setup ## the tap under every fault, seed by seed, for a minute at most; SEEDS=7 repeats one
	$(BIN)/python -m simulation --seeds $(SEEDS) --jobs 2 --seconds 60

proof: setup $(VENV)-postgres/ready $(VENV)-target-postgres/ready $(VENV)-mutants/ready $(VENV)-fuzz/ready $(VENV)-audit/ready ## all proofs of docs/reliability.md, with their figures; takes hours
	$(BIN)/python scripts/proof.py

teeth: setup ## plant each bug of tests/planted in a copy: a test must catch it
	$(BIN)/python scripts/teeth.py --jobs 2

mutants: $(VENV)-mutants/ready ## change quota, bookmarks, row parsing and adoption place by place: tests must notice
	$(VENV)-mutants/bin/python scripts/mutants.py --jobs 2

properties: setup ## all property tests with 2,000 examples each, not 30
	$(BIN)/python -m pytest -q -n auto --dist worksteal --hypothesis-profile=thorough -m hypothesis

benchmarks: setup ## all benchmarks; each ends with a line of JSON
	for name in throughput makespan sellers estimate application_limits kills; do $(BIN)/python -m benchmarks.$$name || exit; done

supply-chain: setup $(VENV)-audit/ready ## known vulnerabilities of the pins, the workflows, licences; wheel and SBOM in dist/
	$(BIN)/python -m hatchling build --target wheel
	$(BIN)/python -m pytest -q -n 0 tests/scripts/test_supply_chain.py
	$(BIN)/python scripts/supply_chain.py

lint: setup ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy --strict
	$(BIN)/mypy --strict tap_mws_reports

check: lint types test simulate ## what CI runs

quick: lint types ## the fast check: lint, types and the rules of the architecture
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/config/test_settings.py tests/test_readme.py tests/test_docs.py

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

RUNS ?= 1000000

fuzz: $(VENV)-fuzz/ready ## read RUNS documents and RUNS answers made of chance; what fails becomes a case
	for name in read answers; do $(VENV)-fuzz/bin/python scripts/fuzz.py $$name --runs $(RUNS) || exit; done

LOCK := pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-header

lock: ## choose versions anew; needs pip-tools
	$(LOCK) -o requirements/dev.txt pyproject.toml requirements/dev.in
	for name in $(WAREHOUSES) meltano clients site airflow dagster audit; do $(LOCK) -o requirements/$$name.txt requirements/$$name.in || exit; done
	$(LOCK:--strip-extras=--no-strip-extras) -o requirements/dbt.txt requirements/dbt.in # pip misses an extra otherwise
	$(LOCK) -c requirements/dev.txt -o requirements/fuzz.txt pyproject.toml requirements/fuzz.in
	$(LOCK) -c requirements/dev.txt -o requirements/mutants.txt pyproject.toml requirements/dev.in requirements/mutants.in
	$(LOCK) -c requirements/dev.txt --extra s3 --extra parquet -o requirements/tap.txt pyproject.toml
	for name in clients site; do npm install --prefix requirements/$$name --package-lock-only --omit-lockfile-registry-resolved || exit; done
	sed -i -e '/^--/d' -e '/./,$$!d' requirements/*.txt # where packages came from is nobody else's business

clean: ## remove the environments and everything that was made
	rm -rf $(VENV) $(VENV)-audit $(VENV)-fuzz $(VENV)-mutants $(VENV)-airflow $(VENV)-dagster $(VENV)-meltano $(VENV)-clients $(VENV)-dbt $(VENV)-site $(WAREHOUSES:%=$(VENV)-%) site .fuzz demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Every target creates .venv. You need only Python 3.11 or later, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test lint style types every-test fmt screens bench scale soak clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ExecOps needs Python 3.11 or later: make PYTHON=python3.12 …")'
	@echo "Installing what ExecOps needs into $(VENV): this takes one to three minutes …"
	$(PYTHON) -m venv $(VENV)
	@# The pip that Python 3.11 brings compares each file of an index with every tag, and takes twice as long.
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt --upgrade pip
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[embedded,dev]'
	$(BIN)/python -m compileall -q -j 0 -x '/site-packages/(pip|setuptools|pkg_resources|faker|mypyc?)/' $(VENV)/lib execops cli tui server jobs migrations tests || true
	@touch $@

demo: $(STAMP) ## Run the whole loop on an embedded Postgres, with no account and no network
	@$(BIN)/execops demo

test: style ## Check style, types and import contracts, and run every test
	@$(MAKE) --no-print-directory -j 2 types every-test

lint: style types ## Check style (ruff), import contracts and types (mypy strict)

style: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy

# The first line keeps what pytest makes of the asserts, so that no worker makes it again. A worker waits a third of its time, for
# processes and for screens: four of them keep the two cores of a small machine busy.
every-test: $(STAMP)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --collect-only -qq > /dev/null
	$(BIN)/pytest -n 4 --dist worksteal

fmt: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

screens: $(STAMP) ## Draw the README's screens with the real inbox
	$(BIN)/python -m tests.tui.scenes docs/screens

bench: $(STAMP) ## Measure the budgets of docs/architecture.md, side by side, into bench.json
	$(BIN)/python -m tests.bench

scale: $(STAMP) ## Kill workers, sessions and Postgres under a steady load, then run 1 to 4 hosts and cut one off, in ten minutes
	$(BIN)/python -m tests.scale.recovery
	$(BIN)/python -m tests.scale.out

soak: $(STAMP) ## Run 20,000 events with 60 kills; lose the database in every way; drain 10,000; 2,000 bursts of keys; walk 100,000 steps; try every order
	EXECOPS_SOAK_LOOP=20000 EXECOPS_SOAK_KILLS=60 $(BIN)/pytest tests/e2e/test_soak.py --durations=3
	EXECOPS_SOAK_FAILOVER=1 $(BIN)/pytest tests/e2e/test_failover.py --durations=3
	EXECOPS_SOAK_EVENTS=10000 $(BIN)/pytest tests/e2e/test_drain.py --durations=3
	EXECOPS_SOAK_BURSTS=2000 $(BIN)/pytest tests/tui/test_bursts.py -k longer --durations=3
	EXECOPS_SOAK_STEPS=100000 $(BIN)/pytest tests/integration/test_exploration.py --durations=3
	EXECOPS_SOAK_WALKS=40 $(BIN)/pytest tests/integration/test_resting.py --durations=3
	EXECOPS_SOAK_DRAWS=1 $(BIN)/pytest -n 4 --dist worksteal tests/unit tests/integration

clean: ## Remove the files that the targets made
	rm -rf $(VENV) .venv-peer dist build bench.json .mypy_cache .ruff_cache .pytest_cache .hypothesis

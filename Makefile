# Needs make and Python 3.11 or later; everything else goes into .venv, which is made when it is missing or stale.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

# The first of these that is Python 3.11 or later; `make PYTHON=/path/to/python3 …` decides otherwise.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.installed-bench
MONTH ?= 2019-02
ROWS ?= 5000000
RUNS ?= 3
ONLY ?=
COUNT ?= 20000
SEED ?= 1

.PHONY: help demo demo-all demo-report test check check-reports coverage fuzz format reference bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(INSTALLED)  ## compute the indicators of February 2019 from the sample (MONTH=2019-01 for another month)
	$(BIN)/sgkpi compute --month $(MONTH) --data sample_data

demo-all: $(INSTALLED)  ## make the whole synthetic extract (build/story) and compute every indicator from it
	$(BIN)/sgkpi synth build/story --story
	$(BIN)/sgkpi compute --month $(MONTH) --data build/story

demo-report: $(INSTALLED)  ## write the sample's report to build/demo-report: a web page, Markdown, pictures of the page
	mkdir -p build/demo-report
	cd docs/demo && $(abspath $(BIN))/sgkpi report board --month $(MONTH) $(foreach ending,html md,-o ../../build/demo-report/report.$(ending))
	$(BIN)/python -m tests.reports.picture build/demo-report/report.html build/demo-report

test: $(INSTALLED)  ## run the tests but the slow ones, with few examples of each property
	HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-quick} $(PYTEST) -m "not slow"

check: $(INSTALLED)  ## everything that CI runs: format, lint, types, layers, definitions, every test; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sgkpi lint
	$(PYTEST)
	$(MAKE) --no-print-directory check-reports

check-reports: $(INSTALLED)  ## read reports with a browser and LibreOffice; installs them on Debian if they are missing
	$(BIN)/python -m tests.reports

coverage: $(INSTALLED)  ## run every test, and fail where they reach less than 85% of the code; takes much longer on Python 3.11
	$(PYTEST) --cov --cov-report=term

fuzz: $(INSTALLED)  ## mangle extracts and definitions at random (COUNT=20000, SEED=1)
	$(BIN)/python -m tests.fuzz --count $(COUNT) --seed $(SEED)

format: $(INSTALLED)  ## format the code, and mend what ruff can mend by itself
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

reference: $(INSTALLED)  ## write docs/reference anew, from tests/spec, and the schemas of definitions
	$(BIN)/python -m tests.support.reference
	$(BIN)/python -m tests.support.schemas

bench: $(BENCH_INSTALLED)  ## time sgkpi against hand-written scripts (ROWS=200000 for a quick look, ONLY='one csv dirty' for a line)
	$(BIN)/python -m compileall -q src  # as an installed program is compiled
	$(BIN)/python -m benchmarks --rows $(ROWS) --runs $(RUNS) --only '$(ONLY)'

clean:  ## remove .venv, caches and the benchmarks' data
	rm -rf $(VENV) .bench .reports build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# On Linux the hash of everything that is installed is checked. The build tools are pinned like all else, so the
# package is built with them and not in isolation.
$(INSTALLED): pyproject.toml constraints.txt requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making $(VENV) (once, and when pyproject.toml or constraints.txt change) …" >&2
	$(PYTHON) -m venv --clear $(VENV)
ifeq ($(shell uname -s),Linux)
	$(PIP) install --require-hashes --requirement requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
else
	$(PIP) install --constraint constraints.txt editables hatchling
	$(PIP) install --constraint constraints.txt --no-build-isolation --editable '.[dev]'
endif
	@touch $@

$(BENCH_INSTALLED): $(INSTALLED) requirements-bench.txt
ifeq ($(shell uname -s),Linux)
	$(PIP) install --require-hashes --requirement requirements-bench.txt
else
	$(PIP) install --constraint constraints.txt --no-build-isolation --editable '.[dev,bench]'
endif
	@touch $@

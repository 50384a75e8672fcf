# One entry for everything. `make report` and `make test` are all a newcomer needs; both prepare .venv first.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: help install report test check lock bench chaos load notebooks screens audit clean

STAMP := .venv/.installed
RUN := .venv/bin/python -m
# Threads beyond the two cores only wait for each other.
export OMP_NUM_THREADS ?= 2

help:
	@echo "make report     the daily report on the demo platforms; ends with the path of the report"
	@echo "make test       every test"
	@echo "make check      Ruff, mypy, tests"
	@echo "make install    only the environment (.venv)"
	@echo "make notebooks  JupyterLab on the notebooks and the published copy"
	@echo "make bench      benchmarks, printed"
	@echo "make chaos      the storm: kills, faults and wrong clocks around the collectors, printed seed by seed"
	@echo "make load       reviewers over HTTP beside flow and analyst, printed; then the same with a server that is killed"
	@echo "make screens    pictures of the report and of every screen of the app, taken anew from the demo"
	@echo "make audit      known vulnerabilities of the locked packages, and their list in var/"
	@echo "make lock       requirements.lock from pyproject.toml"
	@echo "make clean      away with .venv and caches; var/ stays"

install: $(STAMP)

# A Python from 3.11 to 3.13 that has venv; the plain python3 first. pip takes exactly the locked files, checked by hash.
$(STAMP): requirements.lock pyproject.toml
	@set -e; \
	if ! .venv/bin/python -c 'import sys' 2>/dev/null; then \
	  for candidate in "$$PYTHON" python3 python3.13 python3.12 python3.11; do \
	    [ -n "$$candidate" ] && "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && found="$$candidate" && break; \
	  done; \
	  [ -n "$$found" ] || { echo "No Python 3.11, 3.12 or 3.13 with venv was found: run 'apt install python3-venv', or name one with 'make PYTHON=/path/to/python3 …'." >&2; exit 2; }; \
	  rm -rf .venv; echo "Creating .venv with $$("$$found" --version) …"; "$$found" -m venv .venv; \
	fi; \
	echo "Installing the locked packages (about two minutes, once) …"; \
	$(RUN) pip install --quiet --disable-pip-version-check --no-input --no-compile --no-deps --require-hashes -r requirements.lock; \
	$(RUN) pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .; \
	$(RUN) pip check --disable-pip-version-check >/dev/null; \
	touch $@

report: $(STAMP)
	@$(RUN) cli report --demo

test: $(STAMP)
	@$(RUN) pytest -n 2 --dist loadfile

check: $(STAMP)
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(MAKE) --no-print-directory test

# Not after $(STAMP): a new dependency in pyproject.toml would ask for the lock that is about to be made.
lock:
	@[ -x .venv/bin/uv ] || $(MAKE) --no-print-directory install
	@$(RUN) uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --quiet --output-file requirements.lock $(LOCK_OPTIONS)

bench: $(STAMP)
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(RUN) "benchmarks.$$(basename "$$file" .py)" || exit 1; done
	@echo "== benchmarks/joining"; $(RUN) benchmarks.joining --model

# About ten minutes on two cores. CHAOS_OPTIONS="--x 5 --instagram 2 --first 100" tries others.
chaos: $(STAMP)
	@$(RUN) tests.storm $(CHAOS_OPTIONS)

# Two minutes. LOAD_OPTIONS="--people 5 --seconds 20 --kills 2" tries others.
load: $(STAMP)
	@$(RUN) tests.load $(LOAD_OPTIONS)

notebooks: $(STAMP)
	@export TANGGAP_HOME="$${TANGGAP_HOME:-$(CURDIR)}"; \
	[ -e "$$TANGGAP_HOME/var/published/published.duckdb" ] || { echo "Nothing is published in $$TANGGAP_HOME/var yet: run 'make report' (the demo) or 'tanggap publish' first." >&2; exit 1; }; \
	$(RUN) jupyter lab --notebook-dir notebooks

screens: $(STAMP)
	@$(RUN) review.screens
	@$(RUN) serving.screens

# Known vulnerabilities, where the service can be reached, and a CycloneDX bill of materials in var/.
audit: $(STAMP)
	@.venv/bin/python .ci/audit.py

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# `make help` lists the targets. Everything lives in .venv and .run; nothing else of the machine is
# touched but Debian's packages python3-venv and rabbitmq-server, what PDF are printed with, and for tests amqp-tools and jq, where they are missing.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-stamp
DEV := $(VENV)/.dev-stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check
# pip compares hashes of everything it installs; the build backend is locked too (extra `build`).
INSTALL := $(PIP) install --quiet --require-hashes -r
# compat: a path entry instead of a fixed map, so that packages added later are found without a new setup.
EDITABLE := $(PIP) install --quiet --no-deps --no-build-isolation --config-settings editable_mode=compat -e .

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.PHONY: setup
setup: $(RUNTIME) rabbitmq printing ## virtual environment, embedded store, RabbitMQ if missing

.PHONY: setup-dev
setup-dev: $(DEV) rabbitmq printing tools ## setup, with what tests and linters need

.PHONY: demo
demo: setup ## start district, street and community nodes and replay the scenarios
	$(BIN)/hatchery demo

.PHONY: stop
stop: ## stop what `make demo` started
	@if [ -x $(BIN)/hatchery ]; then $(BIN)/hatchery stop; else echo "nothing is set up, so nothing runs"; fi

.PHONY: test
test: setup-dev ## all tests; PYTEST="-m unit" narrows
	$(BIN)/python -m pytest $(or $(PYTEST),--numprocesses 3 --dist loadfile --no-loadscope-reorder)

.PHONY: faults
faults: setup-dev ## three tiers under a storm of faults, up to ten minutes; FAULTS="--seed 2", FAULTS="--long", FAULTS="--resume"
	$(BIN)/python -W ignore -m tests.faults.storm $(FAULTS)

.PHONY: bench
bench: setup-dev ## the event's path against the machine's limit and against peers; BENCH="--quick" is short
	$(BIN)/python -W ignore -m tests.bench.path $(BENCH)

.PHONY: lint
lint: setup-dev ## ruff, mypy, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: setup-dev ## let ruff format and fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The dev lock holds everything; the others are constrained by it, so that all three agree.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links $(UPGRADE)
.PHONY: lock
lock: setup-dev ## pin dependencies anew from pyproject.toml; UPGRADE=--upgrade takes newer ones
	$(LOCK) --all-extras --output-file requirements-dev.lock
	$(LOCK) --constraint requirements-dev.lock --extra embedded --extra build --output-file requirements-embedded.lock
	$(LOCK) --constraint requirements-dev.lock --output-file requirements.lock

.PHONY: clean
clean: ## remove the virtual environment, builds and caches (.run, with its data, stays)
	-@$(MAKE) --no-print-directory stop
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	deploy/ensure-venv.sh $(VENV)

$(RUNTIME): requirements-embedded.lock pyproject.toml | $(BIN)/python
	$(INSTALL) requirements-embedded.lock
	$(EDITABLE)
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	$(INSTALL) requirements-dev.lock
	$(EDITABLE)
	@touch $@ $(RUNTIME)

.PHONY: tools
tools:
	@tests/ensure-tools.sh

.PHONY: printing
printing:
	@deploy/ensure-printing.sh

# Checked each time (it takes milliseconds): a package can be removed behind our back.
.PHONY: rabbitmq
rabbitmq:
	@deploy/ensure-rabbitmq.sh

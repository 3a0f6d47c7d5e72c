# The commands of the house. Paths are relative, so the checkout may lie in a folder with spaces in its name.
# What is done already is not done again (stamps in .venv): set up once, everything works without network.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

BIN := .venv/bin
INSTALLED := .venv/.installed
LINKED := .venv/.linked
ASSETS := .venv/.assets
WORDS := .venv/.words

# Processes that test, each with a PostgreSQL of its own; files are handed out in their order.
TESTERS ?= 2

FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null | sed 's/ /\\ /g')
CATALOGUES := $(wildcard src/yteso/web/locale/*/LC_MESSAGES/*.po)

.PHONY: help setup demo test test-fast check fix bench clean lock advisories

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: $(LINKED) $(ASSETS) $(WORDS) ## install everything into .venv, build the front end and the catalogues

demo: setup ## build the demo province, run it, print the address and the log-ins
	@$(BIN)/yteso demo

test: check ## everything: all checks, all tests (TESTERS=1: in one process)
	@$(BIN)/python -m pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder

test-fast: setup ## the tests that take moments: units, documents, and rooms on a real database
	@$(BIN)/python -m pytest tests/unit tests/docs tests/integration -m "not slow and not browser"

check: setup ## style, types, walls of the house, translations, generated files; changes nothing
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy
	@$(BIN)/python scripts/translations.py --check
	@$(BIN)/python scripts/check_generated.py
	@$(BIN)/python scripts/check_age.py

fix: setup ## repair what can be repaired by itself
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(BIN)/python scripts/translations.py --update

bench: setup ## measure on this machine
	@$(BIN)/python benchmarks/run.py

clean: ## remove what setup and tests made; the data in var/ stay
	rm -rf .venv frontend/node_modules src/yteso/web/static/dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src -name '*.mo' -delete
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

advisories: setup ## compare the locked components with published flaws (OSV="files"), against the times of security.md
	@$(BIN)/python scripts/check_advisories.py $(OSV)

lock: setup ## write the needed versions down with their hashes (UPGRADE=--upgrade: newer ones)
	@sh scripts/lock.sh

$(BIN)/python:
	@sh scripts/make_venv.sh

$(INSTALLED): requirements/dev.txt requirements/base.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(LINKED): pyproject.toml $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(ASSETS): $(FRONTEND) scripts/build_frontend.py requirements/node.txt | $(INSTALLED)
	@$(BIN)/python scripts/build_frontend.py
	@touch $@

$(WORDS): $(CATALOGUES) scripts/translations.py | $(INSTALLED)
	@$(BIN)/python scripts/translations.py --compile
	@touch $@

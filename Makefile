# derivatex: `make` or `make help` lists what can be made.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
REPORT ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup pdf report check test lint golden mutants bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  Each target first sets up what it needs: .venv, and TeX Live by apt-get."

setup: $(VENV)/.ready ## .venv and TeX Live, as far as they are missing
	@$(BIN)/derivatex doctor --install --quiet

pdf: setup ## every report, and each problem's own, checked, in build/
	@$(BIN)/derivatex build --problems

report: setup ## one report: make report REPORT=lab3 or REPORT=lab3/3
	@test -n "$(REPORT)" || { echo "which report? make report REPORT=lab3/3" >&2; exit 2; }
	@$(BIN)/derivatex build $(REPORT)

check: $(VENV)/.ready ## every claim of every assignment, without TeX
	@$(BIN)/derivatex check

test: setup ## all tests, with every TeX engine
	@$(BIN)/derivatex doctor --install --all-engines --quiet
	@$(BIN)/python -m pytest

lint: $(VENV)/.ready ## ruff with all rules, mypy strict
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

golden: setup ## rewrite the golden files of the tests; look at the difference before you commit it
	@DERIVATEX_GOLDEN=rewrite $(BIN)/python -m pytest -n 0 -q tests/test_golden.py

mutants: $(VENV)/.ready ## plant errors in the test documents' formulas, and count those that are noticed
	@$(BIN)/derivatex check -C tests/projects/subjects --mutants

bench: setup ## every target of speed, peers, growth: benchmarks/RESULTS.md
	@$(BIN)/python benchmarks/run.py

clean: ## remove what was built; .venv stays
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.ready: pyproject.toml requirements.lock .ci/bootstrap
	@echo "setting up $(VENV)"
	@.ci/bootstrap $(PYTHON) $(VENV)
	@touch $@

# Every target makes .venv first when it is missing or older than pyproject.toml.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo test lint bench clean

.venv/stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,bench]'
	touch $@

demo: .venv/stamp ## harvest the samples, publish, serve on http://127.0.0.1:8000
	$(BIN)/enbauges demo

test: .venv/stamp ## all tests that this machine can run
	$(BIN)/pytest

lint: .venv/stamp ## style, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/stamp ## the figures of docs/benchmarks.md, as ratios measured in one run
	$(BIN)/python -m benchmarks

clean: ## forget the environment and everything harvested here
	rm -rf .venv var

# Every target makes .venv first when it is missing or older than pyproject.toml.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo demo-once test resilience lint bench conformance catalogue clean

.venv/stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,bench]'
	touch $@

demo: .venv/stamp ## harvest the samples, publish, serve on http://127.0.0.1:8000
	$(BIN)/enbauges demo

demo-once: .venv/stamp ## the same, without serving
	$(BIN)/enbauges demo --once

test: .venv/stamp ## all tests that this machine can run
	$(BIN)/pytest

resilience: .venv/stamp ## kills, hostile input, forbidden addresses, sick sources, a year: half an hour
	ENBAUGES_LONG=1 $(BIN)/pytest tests/resilience tests/test_life_crash.py

lint: .venv/stamp ## style, types, the vocabulary
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m vocab.lint

bench: .venv/stamp ## the figures of docs/benchmarks.md, as ratios measured in one run
	$(BIN)/python -m benchmarks

conformance: .venv/stamp ## the scores of the published suites in ../shared/conformance
	$(BIN)/python -m benchmarks.conformance

catalogue: .venv/stamp ## bring vocab/locale/fr.po in step with the sentences of the code
	$(BIN)/pybabel --quiet extract --mapping babel.cfg --keyword say --no-location --sort-output \
	    --omit-header --output vocab/locale/messages.pot .
	$(BIN)/pybabel --quiet update --input-file vocab/locale/messages.pot --locale fr \
	    --output-file vocab/locale/fr.po --omit-header --no-fuzzy-matching --ignore-obsolete --width 100
	rm vocab/locale/messages.pot

clean: ## forget the environment and everything harvested here
	rm -rf .venv var

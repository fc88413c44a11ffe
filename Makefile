# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# Two a core: much of the tests' time is waiting for clocks, sockets and processes.
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes \
	--no-annotate --python-version 3.11 --quiet --custom-compile-command "make lock"

.PHONY: run test test-all check format bench content words pictures lock clean

run: .venv/.ready
	@$(BIN)/batchmate play

test: .venv/.ready-dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-all: .venv/.ready-dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --slow

check: .venv/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/batchmate bank check

format: .venv/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.ready-dev
	$(BIN)/python -m tests.benchmarks

content: .venv/.ready-dev
	$(BIN)/batchmate bank check --run

words: .venv/.ready-dev
	$(BIN)/python -m tests.words --write

pictures: .venv/.ready-dev
	$(BIN)/python -m tests.pictures
	$(BIN)/uv pip install --quiet "simcord[screenshot]"  # and Debian's chromium: apt-get install chromium
	$(BIN)/python -m tests.discord_pictures
	$(BIN)/python -m tests.slack_pictures

lock: .venv/.uv
	$(LOCK) --upgrade -o requirements.txt
	$(LOCK) --upgrade --group dev -o requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Batchmate needs Python 3.11 or newer; say make PYTHON=python3.12, for example")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

.venv/.ready: .venv/.uv requirements.txt pyproject.toml
	$(BIN)/uv pip install --quiet -r requirements.txt
	$(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.txt
	$(BIN)/uv pip install --quiet -r requirements-dev.txt
	@touch $@

# Every recipe is a plain command that README.md lists too, for people without make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test generate format clean

demo: $(VENV)/.ready
	$(BIN)/wirogen generate --check --force
	$(BIN)/python examples/demo.py

test: $(VENV)/.ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/wirogen lint
	$(BIN)/wirogen generate --check --force
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/python -m pytest -n auto

generate: $(VENV)/.ready
	$(BIN)/wirogen schema
	$(BIN)/wirogen generate

format: $(VENV)/.ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) build dist demo-output .mypy_cache .ruff_cache .pytest_cache

# One environment for both commands, remade when the requirements change.
$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

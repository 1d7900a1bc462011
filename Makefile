# Every recipe is a plain command that README.md lists too, for people without make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# What was tested together, here and in the build of the package: pip before 25.3 reads the first
# variable for builds too, pip from 25.3 on the second.
PINNED := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt

.PHONY: demo test site test-newest test-lowest constraints generate format clean

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

# The tests on the newest of everything and on the lowest that pyproject.toml allows, each in an
# environment of its own, made anew: what the indexes hold changes from day to day.
test-newest:
	$(PYTHON) -m venv --clear .venv-newest
	.venv-newest/bin/python -m pip install --quiet --editable '.[dev]'
	.venv-newest/bin/python -m pip check
	.venv-newest/bin/python -W error -m pytest -n auto $(TESTS)

test-lowest:
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest --resolution lowest-direct --editable '.[dev]'
	.venv-lowest/bin/python -m pip check
	.venv-lowest/bin/python -W error -m pytest -n auto $(TESTS)

# Raises every pin to the newest, for all the Python versions and systems at once.
constraints: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --extra dev \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links \
		--output-file constraints.txt pyproject.toml

generate: $(VENV)/.ready
	$(BIN)/wirogen schema
	$(BIN)/wirogen schema --responses runtime/wiro_runtime/response.py
	$(BIN)/wirogen generate

# The documentation site, strictly: a broken link fails it.
site: $(VENV)/.ready
	$(BIN)/python docs/tools/build_site.py

format: $(VENV)/.ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf site docs/models docs/commands docs/changelog.md $(VENV) .venv-newest .venv-lowest build dist demo-output .mypy_cache .ruff_cache .pytest_cache

# One environment for both commands, remade when the requirements change.
$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(PINNED) $(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

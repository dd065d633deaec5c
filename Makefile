# The commands of this project. Each does all of its own set-up.
PYTHON = .venv/bin/python

.PHONY: help setup test demo run bench soak screenshots format lock

help:
	@echo "make demo         three people become friends: by a link, a page in a browser, a code on the screen"
	@echo "make test         every check there is"
	@echo "make run          Pars on your own profile"
	@echo "make screenshots  every window, light and dark, into build/screenshots/"
	@echo "make bench        the figures, as a table and as build/bench.json"
	@echo "make soak         the long forms of tests that wait or repeat (SOAK='--seed 1 --count 100')"
	@echo "make format       put the code into its usual form"
	@echo "make lock         renew requirements.lock from pyproject.toml (needs uv)"

setup:
	@sh packaging/setup.sh

test: setup
	@$(PYTHON) -m tests.check

demo: setup
	@$(PYTHON) -m tests.demo

run: setup
	@$(PYTHON) -m pars_desktop

bench: setup
	@$(PYTHON) -m tests.bench

soak: setup
	@$(PYTHON) -m tests.soak $(SOAK)

screenshots: setup
	@$(PYTHON) -m tests.screenshots

format: setup
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	  --no-header --no-annotate --group dev -o requirements.lock pyproject.toml

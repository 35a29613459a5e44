# ConvLens needs Python 3.11 and make; everything else is installed into .venv, at the versions in the locks.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
RUN := $(VENV)/bin/python
SEED ?=
MODEL ?=
IMAGES ?=
SEEDS ?=
MODELS ?= fcn cnn fcn-matched fcn-augmented cnn-augmented

.PHONY: help
help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: installed ## Open ConvLens at http://127.0.0.1:8050 (HOST and PORT change that), or MODEL=… on IMAGES=…
	@LOG_LEVEL=$${LOG_LEVEL:-warning} exec $(RUN) app.py $(MODEL) $(if $(IMAGES),--images "$(IMAGES)")

# The tests start well over a hundred programs: ours are compiled before, and what pytest compiles is kept.
# All of them step back for whatever else runs here, so that those which step back by themselves get their turn.
.PHONY: test
test: tools ## Run every test, in a browser too, in random order (SEED=… repeats one)
	@$(RUN) -m tests.browser.chromium
	@$(RUN) -m compileall -q app.py convlens dashboard models
	@PYTHONDONTWRITEBYTECODE= nice -n 19 $(RUN) -m pytest --numprocesses 4 --dist loadscope --no-loadscope-reorder $(if $(SEED),--randomly-seed $(SEED))

.PHONY: check
check: tools ## Check style and types, of Python and of JavaScript
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy --num-workers auto --strict app.py gunicorn.conf.py convlens models jobs dashboard tests benchmarks
	@$(VENV)/bin/deno lint --quiet
	@$(VENV)/bin/deno fmt --quiet --check
	@$(VENV)/bin/deno check --quiet
	@$(RUN) -m tests.bundle --check

.PHONY: bundle
bundle: tools ## Make the scripts that browsers get of the modules in assets/js
	@$(RUN) -m tests.bundle

.PHONY: wheel
wheel: tools ## Build the package that pip installs, into dist
	@$(RUN) -m hatchling build

.PHONY: bench
bench: tools ## Measure what the README says was measured
	@$(RUN) -m tests.browser.chromium
	@$(RUN) -m benchmarks

.PHONY: cluster
cluster: installed ## Start a scheduler and two workers on this machine, for trying long work on a cluster
	@exec $(RUN) -m jobs.member cluster .cache/cluster --count 2

# What is trained already is marked in a folder, so that after an interruption the rest is trained; then it is removed.
TRAINED := .cache/trained
.PHONY: train
train: installed ## Train all networks again, each with several seeds; interrupted, it goes on
	@mkdir -p $(TRAINED)
	@for model in $(MODELS); do \
		test -e $(TRAINED)/$$model || $(RUN) -m models.train $$model $(if $(SEEDS),--seeds $(SEEDS)) || exit; \
		touch $(TRAINED)/$$model; \
	done
	@rm -r $(TRAINED)

.PHONY: readme-picture
readme-picture: tools ## Take the README's picture again
	@$(RUN) -m tests.browser.chromium
	@$(RUN) -m tests.browser.picture

.PHONY: golden
golden: tools ## Write down anew what ConvLens answers to what the tests always ask
	@$(RUN) -m tests.golden.answers

.PHONY: notebook
notebook: tools ## Run the notebook anew, and keep its numbers and pictures
	@$(RUN) -m tests.notebook

.PHONY: audit
audit: tools ## Ask whether a package of the locks has a known vulnerability
	@$(RUN) -m tests.audit

.PHONY: lock
lock: tools ## Compile the locks from requirements.in and requirements-test.in
	@for set in requirements requirements-test; do \
		$(RUN) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --custom-compile-command 'make lock' $$set.in --output-file $$set.txt || exit; \
	done

.PHONY: clean
clean: ## Remove what was installed and remembered here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .cache

# What is in .venv is known by a copy of each lock it was made from. They are compared by content, so that the second
# time nothing is done and no network is needed, whatever git or tar did to the files' times.
.PHONY: installed tools
installed: ; @$(call install,requirements.txt)
tools: ; @$(call install,requirements.txt requirements-test.txt)

define install
	stale=; for lock in $(1); do cmp -s $$lock $(VENV)/$$lock || stale=yes; done; \
	if [ -z "$$stale" ] && $(RUN) -c '' 2>/dev/null; then exit; fi; \
	if ! $(RUN) -m pip --version >/dev/null 2>&1; then \
		for python in $(PYTHON) python3.11 python3 python; do \
			$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break; \
			python=; \
		done; \
		if [ -z "$$python" ]; then \
			echo 'ConvLens needs Python 3.11: install it, or name it: make PYTHON=/path/to/python3.11' >&2; exit 1; \
		fi; \
		$$python -m venv --clear $(VENV) || { \
			echo 'ConvLens needs the venv module of Python; Debian and Ubuntu have it in python3-venv.' >&2; exit 1; \
		}; \
	fi; \
	quiet=-qq; if [ -t 1 ]; then quiet=; fi; \
	echo 'ConvLens: installing $(1) into $(VENV), once; this takes a minute or two.'; \
	$(RUN) -m pip install $$quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
		--no-deps --no-compile $(foreach lock,$(1),-r $(lock)) || exit; \
	$(RUN) -m compileall -qq --workers 0 $(VENV)/lib; \
	cp $(1) $(VENV)
endef

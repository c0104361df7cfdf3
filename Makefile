# Sets up and runs; once .venv is active, `snakemake`, `snakemake figure_04` and `acgan --help` are
# what people really use.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export EXPERIMENT ?=
# Downloads stay inside the project; set UV_CACHE_DIR to share them between clones.
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Each of about sixty jobs imports torch or pandas: compiled once and kept, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=

export STAGES ?=
FORCE ?=

.PHONY: help setup demo pull test check test-browser test-real test-miniature test-cluster test-python readme bench clean clean-results

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' '$(strip $(MAKEFILE_LIST))' | awk -F':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: $(BIN)/.complete ## make .venv with the pinned versions and install the project into it

# Copied or moved with the project, .venv still names the folder that it was made in: it is made
# anew.
ELSEWHERE := $(shell for f in .venv/lib/python3*/site-packages/__editable__.acgan_repro-*.pth; do \
	[ ! -e "$$f" ] || [ "$$(realpath -m "$$(cat "$$f")")" = "$$(pwd -P)/src" ] || echo made-elsewhere; done)
.PHONY: made-elsewhere
made-elsewhere:
	@echo "this .venv was made in another folder; it is made anew"
	rm -rf .venv

# uv installs in seconds what takes pip minutes. It reads no pip configuration, so find-links is
# handed on. Python compiles a module when it is first imported: all of them here would take 50 s,
# and most are never used.
$(BIN)/.complete: pyproject.toml constraints.txt $(ELSEWHERE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "error: $(PYTHON) is older than 3.11; name a newer one: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-cache-dir --constraint constraints.txt uv
	UV_FIND_LINKS="$${UV_FIND_LINKS:-$$($(BIN)/python -m pip config get :env:.find-links 2>/dev/null || $(BIN)/python -m pip config get global.find-links 2>/dev/null)}" \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[pipeline,onnx,dev]'
	touch $@

demo: $(BIN)/.complete ## the whole paper in small: data, models, figures, report (about 8 minutes on 2 cores)
	@$(BIN)/python workflow/scripts/unlock.py
	@$(BIN)/snakemake --configfile config/demo.yaml
	@$(BIN)/acgan compare --committed results/demo
	@echo; echo "The report: $$PWD/results/demo/report/index.html"

# A misspelt variable would pull all of the demo.
NAMED := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$v))
pull: $(BIN)/.complete ## the results that dvc.lock names: make pull [EXPERIMENT=paper] [STAGES="tables figures"] [FORCE=1]
	@unknown="$(filter-out EXPERIMENT STAGES FORCE PYTHON UV_CACHE_DIR,$(NAMED))"; [ -z "$$unknown" ] \
		|| { echo "error: make pull knows EXPERIMENT, STAGES and FORCE, not $$unknown"; exit 1; }
	@PATH="$$PWD/$(BIN):$$PATH" python workflow/scripts/pull.py --experiment "$${EXPERIMENT:-demo}" $(if $(FORCE),--force) $$STAGES

test: export TMPDIR := $(CURDIR)/.cache/tmp# nothing is written outside the project
test: $(BIN)/.complete ## all tests that need no system package
	@mkdir -p "$$TMPDIR"
	$(BIN)/pytest -n 2 --dist loadgroup -m "not browser and not real and not miniature and not cluster"

check: $(BIN)/.complete ## style, types and lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(BIN)/snakemake --lint

test-browser: $(BIN)/.complete ## the report in a real headless Chromium (needs Debian's chromium and chromium-driver)
	$(BIN)/pytest -m browser

test-real: $(BIN)/.complete ## experiments at toy settings on real photographs (found through ACGAN_REFERENCE_DATA)
	$(BIN)/pytest -m real

test-miniature: $(BIN)/.complete ## all 1,000 ImageNet classes in small, from archives to the report (ACGAN_REFERENCE_DATA)
	$(BIN)/pytest -m miniature

test-cluster: $(BIN)/.complete ## `snakemake --profile slurm` on a throw-away SLURM: needs root and writes /etc/slurm
	@echo "This installs Debian's slurm-wlm and munge if they are missing, writes /etc/slurm and starts daemons on 127.0.0.1;"
	@echo "at the end it stops them and removes what it wrote."
	$(BIN)/pytest -s -m cluster

test-python: ## the project on Debian 13 and its Python, made in a folder (debootstrap; needs root; DEBIAN=forky for another)
	@DEBIAN="$${DEBIAN:-trixie}" bash workflow/scripts/test_python.sh

readme: $(BIN)/.complete ## the README's picture and numbers from the demo's report (needs Debian's chromium)
	$(BIN)/python workflow/scripts/readme.py

bench: $(BIN)/.complete ## ours beside plain versions, into docs/benchmarks.md (about 20 minutes)
	@$(BIN)/snakemake data results/demo/judges/digits_cnn.safetensors --configfile config/demo.yaml
	$(BIN)/python -m benchmarks

clean: ## remove .venv, caches and the demo's results (but for the two files that are in git)
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache results/demo/*/
	find . -name __pycache__ -prune -exec rm -rf {} +

clean-results: ## remove another experiment's results: make clean-results EXPERIMENT=imagenette
	@test -n "$$EXPERIMENT" || { echo "error: name the experiment: make clean-results EXPERIMENT=imagenette"; exit 1; }
	@[[ "$$EXPERIMENT" =~ ^[a-z0-9][a-z0-9_]*$$ && -d "results/$$EXPERIMENT" ]] \
		|| { echo "error: there is no results/$$EXPERIMENT; there are: $$(ls results 2>/dev/null | tr '\n' ' ')"; exit 1; }
	@du -sh "results/$$EXPERIMENT"/* "results/$$EXPERIMENT"
	@read -r -p "Remove results/$$EXPERIMENT for good? Type its name: " answer && [ "$$answer" = "$$EXPERIMENT" ] \
		|| { echo "nothing removed"; exit 1; }
	rm -rf "results/$$EXPERIMENT"

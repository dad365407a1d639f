# Thin: every target calls the builder or pytest. `make help` lists them.
PYTHON ?= python3
TAB ?= pytorch
TABS ?= $(shell $(PYTHON) -m builder tabs)
BOOK = .venvs/book/bin/python
LIMITS = D2L_TRAIN_LIMIT=2048 D2L_TEST_LIMIT=512

.DEFAULT_GOAL = help
.PHONY: help html pdf pdfs book notebooks run lab check linkcheck lint test test-tab bench bench-tab \
  evidence evidence-tab explore pins clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

html: env-book  ## build the pages: _build/html/index.html
	@$(BOOK) -m builder html

pdf: env-book  ## build TAB's PDF: _build/pdf/<tab>.pdf; needs XeLaTeX
	@$(BOOK) -m builder pdf $(TAB)

pdfs: env-book  ## build the PDFs of all tabs
	@$(BOOK) -m builder pdf

book: pdfs  ## build the PDFs, and pages that link to them
	@$(BOOK) -m builder html

notebooks: env-book  ## bring the prose of the notebooks up to date
	@$(BOOK) -m builder notebooks

run: env-book env-$(TAB) data-$(TAB)  ## run TAB's notebooks and record them
	@$(BOOK) -m builder run $(TAB)

lab: env-lab env-$(TAB) data-$(TAB)  ## open TAB's notebooks in JupyterLab
	@JUPYTER_PATH=$(CURDIR)/.venvs/$(TAB)/share/jupyter \
	  .venvs/lab/bin/jupyter lab notebooks/$(TAB)

check: env-book  ## fail if a recorded notebook is stale, or a claim lacks runs
	@$(BOOK) -m builder check

linkcheck: env-book  ## ask the network for every address that the pages name
	@$(BOOK) -m builder linkcheck

lint: env-book  ## style, spelling, pins
	@.venvs/book/bin/ruff check .
	@.venvs/book/bin/codespell

test: lint check html $(TABS:%=test-%)  ## everything that CI checks; TABS="..." limits it
	@$(BOOK) -m pytest tests/book tests/evidence tests/browser
	@for tab in $(TABS); do $(PYTHON) -m builder skip $$tab || true; done

test-%:
	@$(PYTHON) -m builder skip $* || $(MAKE) -s test-tab TAB=$*

test-tab: env-$(TAB) data-$(TAB)
	@echo "tests of $(TAB)"
	@.venvs/$(TAB)/bin/python -m pytest tests/d2l tests/framework \
	  tests/$(TAB) --tab=$(TAB)
	@$(LIMITS) .venvs/$(TAB)/bin/python -m pytest -p no:cacheprovider \
	  --nbval-lax --nbval-cell-timeout=600 notebooks/$(TAB)

bench: $(TABS:%=bench-%)  ## seconds per epoch of every tab, and of the fastest loop known

bench-%:
	@$(PYTHON) -m builder skip $* || $(MAKE) -s bench-tab TAB=$*

bench-tab: env-$(TAB) data-$(TAB)
	@.venvs/$(TAB)/bin/python -m bench $(TAB)

data-%: env-%
	@.venvs/$*/bin/python -m d2l.data

env-%:
	@$(PYTHON) -m builder env $*

evidence: $(if $(filter command%,$(origin TAB)),evidence-$(TAB),$(TABS:%=evidence-%))  ## make the runs of evidence/studies that are missing

evidence-%:
	@$(PYTHON) -m builder skip $* || $(MAKE) -s evidence-tab TAB=$*

evidence-tab: env-$(TAB) data-$(TAB)
	@.venvs/$(TAB)/bin/python -m evidence $(TAB) $(if $(CLUSTER),--scheduler $(CLUSTER))

explore: env-book  ## print TAB's exploring runs: means, gaps, who died
	@$(BOOK) -m evidence --table $(TAB)

# TensorFlow is pinned in its CPU build where there is one. Linux builds of
# PyTorch name NVIDIA's packages themselves, with exact versions, and its CPU
# builds need none: so they are not pinned here.
EXTRA_tensorflow = tensorflow-cpu
pins:  ## choose the exact versions in requirements/ anew
	@$(PYTHON) -m venv .venvs/pins && .venvs/pins/bin/pip install -q uv
	@for words in "book book test" "lab lab" \
	    $(foreach tab,$(TABS),"$(tab) $(or $(EXTRA_$(tab)),$(tab)) notebook"); do \
	  set -- $$words; file=requirements/$$1.txt; \
	  .venvs/pins/bin/uv pip compile setup.py -q --universal --upgrade \
	    --python-version 3.11 --fork-strategy fewest --no-header \
	    --no-annotate --strip-extras -c requirements/hold.in \
	    --extra $$2 $${3:+--extra $$3} -o $$file >/dev/null \
	  && sed -i.old -E '/^(nvidia-|cuda-|triton)/d; s/\+cpu//' $$file \
	  && rm $$file.old && echo $$file || exit 1; \
	done

clean:  ## remove what was built; environments stay
	@rm -rf _build .pytest_cache

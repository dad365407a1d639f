# Thin: every target calls the builder or pytest. `make help` lists them.
# These are set on the command line only: a TAB or PYTHONPATH that the shell
# happens to have means something else.
PYTHON = python3
TAB = pytorch
TABS =
NAME =
PAGE =
WITHOUT =
RUNS =
UPGRADE =
LANGUAGE = de
CLUSTER =
unexport PYTHONPATH PYTHONHOME
# The GNU C library would give memory back to the system in every update, and
# take it again in the next: a quarter of the time with PyTorch, more with
# TensorFlow. These let processes keep theirs; no number depends on it.
export MALLOC_ARENA_MAX = 1
export MALLOC_MMAP_THRESHOLD_ = 1073741824
export MALLOC_TOP_PAD_ = 67108864
export MALLOC_TRIM_THRESHOLD_ = 4294967296
# By itself TensorFlow takes its fast kernels only on processors that have
# certain instructions; elsewhere it is three times slower, and rounds in
# another order.
export TF_ENABLE_ONEDNN_OPTS = 1

BOOK = .venvs/book/bin/python
LIMITS = D2L_TRAIN_LIMIT=2048 D2L_TEST_LIMIT=512
FAST = -m 'not slow'
# What pages and PDFs leave out.
without = $(if $(WITHOUT),--without "$(WITHOUT)")
# The tabs that are asked for, or all; and one target for each of them that
# this Python can run. The others are said to be skipped.
tabs = $(or $(TABS),$(shell $(PYTHON) -m builder tabs),$(error no tabs))
each = for tab in $(tabs); do $(PYTHON) -m builder skip "$$tab" || \
  $(MAKE) -s $(1) TAB="$$tab" || exit 1; done

# Targets, one a line, two of them at once; what each says comes when it is
# done. It has one thread: those that wait for a core which the other has cost
# more than they bring.
two = OMP_NUM_THREADS=1 xargs -P 2 -L 1 sh -c 'log=$$(mktemp); \
  $(MAKE) -s "$$@" >"$$log" 2>&1; status=$$?; \
  cat "$$log"; rm "$$log"; \
  [ $$status = 0 ] || { echo "failed: make $$*"; exit 1; }' make

.DEFAULT_GOAL = help
.NOTPARALLEL:
.PHONY: help html pdf pdfs epub slides book notebooks run lab check translation linkcheck lint types \
  quick quick-book quick-tab test test-book test-browser test-evidence test-tab \
  bench bench-tab bench-lab evidence \
  evidence-tab claim explore certify pins pin clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

html: env-book  ## build the pages: _build/html/index.html; WITHOUT="page ..." leaves out
	@$(BOOK) -m builder $(without) html

pdf: env-book  ## build TAB's PDF: _build/pdf/<tab>.pdf; needs XeLaTeX
	@$(BOOK) -m builder $(without) pdf "$(TAB)"

pdfs: env-book  ## build the PDFs of all tabs
	@$(BOOK) -m builder $(without) pdf

epub: env-book  ## build TAB's EPUB: _build/epub/<tab>.epub
	@$(BOOK) -m builder $(without) epub "$(TAB)"

slides: env-book  ## build TAB's slides: _build/slides/<tab>/<page>.html
	@$(BOOK) -m builder slides "$(TAB)"

book: pdfs  ## build the PDFs, and pages that link to them
	@$(BOOK) -m builder $(without) html

notebooks: env-book  ## bring the prose of the notebooks up to date
	@$(BOOK) -m builder notebooks

run: env-book env-$(TAB) data-$(TAB)  ## run TAB's notebooks and record them; PAGE="name ..." only these
	@$(BOOK) -m builder run "$(TAB)" $(PAGE)

lab: env-book env-lab env-$(TAB) data-$(TAB)  ## open copies of TAB's notebooks in JupyterLab
	@$(BOOK) -m builder lab "$(TAB)"
	@JUPYTER_PATH="$$PWD/.venvs/$(TAB)/share/jupyter" \
	  .venvs/lab/bin/python -m jupyterlab --ServerApp.root_dir="$$PWD" \
	  --LabApp.default_url="/lab/tree/_build/lab/$(TAB)"

check: env-book  ## fail if a recorded notebook is stale, or a claim lacks runs
	@$(BOOK) -m builder check

translation: env-book  ## list what is not translated to LANGUAGE, with marks to write
	@$(BOOK) -m builder translation "$(LANGUAGE)"

linkcheck: env-book  ## ask the network for every address that the pages name
	@$(BOOK) -m builder linkcheck

lint: env-book types  ## style, spelling, types
	@.venvs/book/bin/ruff check .
	@$(BOOK) -m codespell_lib

types: env-book  ## types only, strictly
	@$(BOOK) -m mypy

quick: lint env-$(TAB) data-$(TAB)  ## in a minute: style, types, and TAB's tests without training
	+@printf '%s\n' quick-book quick-tab | $(two)
	@echo 'left out, see make test: training, notebooks, PDFs, the browser,' \
	  'other tabs, stale recordings'

# Style is told first. Then two parts at once end together if the longest
# begins first, and short ones are left for the end: the tabs named last take
# longest.
test: html  ## everything that CI checks; TABS="..." limits it
	+@{ echo lint; echo test-book; last=; for tab in $(tabs); do \
	  $(PYTHON) -m builder skip "$$tab" >&2 || last="$$tab $$last"; done; \
	  for tab in $$last; do echo "test-tab TAB=$$tab"; done; \
	  echo test-browser; echo test-evidence; } | $(two)
	@$(BOOK) -m builder check
	@for tab in $(tabs); do $(PYTHON) -m builder skip "$$tab" || true; done
	@echo 'make test: all of it passed'

test-book: env-book
	@echo 'tests of the builder'
	@$(BOOK) -m pytest tests/book

test-evidence: env-book
	@echo 'tests of the evidence, and of the network on pages'
	@$(BOOK) -m pytest tests/evidence tests/network

test-browser: env-book
	@echo 'tests of the pages, in a browser'
	@$(BOOK) -m pytest tests/browser

quick-book:
	@$(BOOK) -m pytest $(FAST) tests/book tests/evidence tests/network

quick-tab:
	@.venvs/$(TAB)/bin/python -m pytest $(FAST) tests/d2l tests/framework \
	  "tests/$(TAB)" --tab="$(TAB)"

test-tab: env-book env-$(TAB) data-$(TAB)
	@echo "tests of $(TAB)"
	@.venvs/$(TAB)/bin/python -m pytest tests/d2l tests/framework \
	  "tests/$(TAB)" --tab="$(TAB)"

bench:  ## seconds per epoch of every tab, and of the fastest loop known; and of the lab
	+@$(call each,bench-tab)
	+@$(if $(TABS),,$(MAKE) -s bench-lab)

bench-lab: env-book env-pytorch data-pytorch
	@$(BOOK) -m bench lab

bench-tab: env-$(TAB) data-$(TAB)
	@.venvs/$(TAB)/bin/python -m bench "$(TAB)"

evidence:  ## make the runs of evidence/studies that are missing; TAB or TABS limits it
	+@$(if $(filter command%,$(origin TAB)),$(MAKE) -s evidence-tab,$(call each,evidence-tab))

evidence-tab: env-$(TAB) data-$(TAB)
	@.venvs/$(TAB)/bin/python -m evidence "$(TAB)" \
	  $(if $(CLUSTER),--scheduler "$(CLUSTER)")

claim: env-book  ## make the runs of claim NAME again, apart, and say what differs; RUNS=n makes n
	@tabs=$$($(BOOK) -m evidence.again tabs "$(NAME)") || exit 1; \
	for tab in $$tabs; do \
	  $(PYTHON) -m builder env "$$tab" && \
	  ".venvs/$$tab/bin/python" -m d2l.data && \
	  ".venvs/$$tab/bin/python" -m evidence.again make "$(NAME)" "$$tab" \
	    $(if $(RUNS),--runs "$(RUNS)") || exit 1; done
	@$(BOOK) -m evidence.again compare "$(NAME)"

data-%: env-%
	@.venvs/$*/bin/python -m d2l.data

env-%:
	@$(PYTHON) -m builder env "$*"

# The extras of setup.py that an environment is made of. TensorFlow is pinned
# in its CPU build where there is one. Linux builds of PyTorch name NVIDIA's
# packages themselves, with exact versions, and its CPU builds need none: so
# they are not pinned here.
EXTRAS_book = book test
EXTRAS_lab = lab
EXTRAS_tensorflow = tensorflow-cpu notebook
extras = $(or $(EXTRAS_$(TAB)),$(TAB) notebook)
upgrades = $(if $(filter all,$(UPGRADE)),--upgrade,$(UPGRADE:%=--upgrade-package %))

pins: env-pins  ## pin what setup.py newly asks for; UPGRADE="numpy ..." or UPGRADE=all; TABS="book ..." limits it
	+@for name in $(or $(TABS),book lab $(tabs)); do \
	  $(MAKE) -s pin TAB="$$name" || exit 1; done

pin:
	@.venvs/pins/bin/uv pip compile setup.py -q --universal \
	  --python-version 3.11 --fork-strategy fewest --no-header \
	  --no-annotate --strip-extras -c requirements/hold.in \
	  $(extras:%=--extra %) $(upgrades) -o requirements/$(TAB).txt >/dev/null
	@sed -i.old -E '/^(nvidia-|cuda-|triton)/d; s/\+cpu//' \
	  requirements/$(TAB).txt && rm requirements/$(TAB).txt.old
	@echo requirements/$(TAB).txt

explore: env-book  ## print TAB's exploring runs: means, gaps, who died
	@$(BOOK) -m evidence --table "$(TAB)"

certify: env-book env-$(TAB) data-$(TAB)  ## certify that TAB's numbers are those of the code in commit BEFORE
	@.venvs/$(TAB)/bin/python -m evidence.certify "$(TAB)" --before "$(BEFORE)"
	@$(LIMITS) $(BOOK) -m builder.record.certify "$(TAB)" --before "$(BEFORE)"

clean:  ## remove what was built; environments stay, and your copies in _build/lab
	@rm -rf .pytest_cache .mypy_cache .ruff_cache
	@if [ -d _build ]; then find _build -mindepth 1 -maxdepth 1 ! -name lab \
	  -exec rm -rf {} +; fi

# Two commands do everything: `make demo` and `make test`. The rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test nightly faults races kills threads soak check wheel bench fuzz mutants install format clean

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "tipoff needs Python 3.11 or newer"'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	$(BIN)/python -m compileall -q src
	touch $(STAMP)

install: $(STAMP)

demo: $(STAMP)
	$(BIN)/tipoff demo

test: $(STAMP)
	$(BIN)/pytest -n 2 --dist loadgroup -m "not long" --durations=10 --durations-min=1

# Everything in its long form: hours, not minutes.
nightly: $(STAMP)
	$(BIN)/pytest -n 2 --dist loadgroup --durations=30
	$(MAKE) faults wheel mutants

# Long forms of what `make test` samples; SEED=n replays one. CI runs the races.
faults: races kills threads

races: $(STAMP)
	$(BIN)/python -m tests.concurrency --steps 2000 $(if $(SEED),--seed $(SEED))

kills: $(STAMP)
	$(BIN)/python -m tests.crashes --kills 200 $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.crashes.interrupts --moments 30 $(if $(SEED),--seed $(SEED))

# Eight readers, an import and a thread that imports modules, on one Lake object.
threads: $(STAMP)
	$(BIN)/python -m tests.threads --seconds 60

soak: $(STAMP)
	$(BIN)/python -m tests.concurrency --steps 20000 $(if $(SEED),--seed $(SEED))

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.house_rules
	$(BIN)/python -m tools.words

# Wheel and sdist: built, compared with what is committed, installed by pipx elsewhere, the demo run.
wheel: $(STAMP)
	$(BIN)/python -m tools.try_wheel --keep dist

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python -m bench

SECONDS ?= 60
TARGETS := dates names words prices configuration manifests labels values parquet

fuzz: $(STAMP)
	$(BIN)/pip install --quiet -e '.[fuzz]'
	for target in $(TARGETS); do $(BIN)/python -m tools.fuzzing $$target --seconds $(SECONDS) || exit 1; done

SAMPLE ?= 60
MUTANTS_SEED ?= 2

mutants: $(STAMP)
	$(BIN)/python -m tools.mutation --seed $(MUTANTS_SEED) --sample $(SAMPLE)

clean:
	rm -rf $(VENV) demo

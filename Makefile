# counterweight: set up, run, check. `make help` lists the targets; each works on a fresh machine.

# The image folder and the ResNet-18 weights that `make bench` (and, if it likes, `make parity`) compares on:
#   make bench DATA=../faces WEIGHTS=../resnet18.safetensors
DATA ?=
WEIGHTS ?=
# Any further arguments for them, and for `make run` and `make test`: make run ARGS="scan ../faces"
ARGS ?=

# How long `make soak` goes on.
MINUTES ?= 60

PYTHON ?= python3
CARGO ?= cargo
CLIPPY := $(CARGO) clippy --quiet
STRICT := -- -D warnings
TARGET := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help setup run program test e2e walk soak bench parity odd-images recalls lint deny fences fmt clean data
# One after the other: cargo uses all cores by itself, and the order makes failures come early.
.NOTPARALLEL:

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Bring libtorch and the system's packages; at once where they are there
	@$(PYTHON) scripts/setup.py

run: program ## Build and start the window; without a display, the demo in the terminal
ifneq ($(ARGS),)
	@exec "$(TARGET)/release/counterweight" $(ARGS)
else
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		exec "$(TARGET)/release/counterweight"; \
	else \
		echo "No display here, so this is the demo in the terminal. Where there is one, make run opens the window."; \
		exec "$(TARGET)/release/counterweight" demo; \
	fi
endif

# Two programs, side by side: the window, which is quick to open because it is linked without libtorch, and the engine,
# which it starts. (Plain `cargo run` builds both into one.)
program: setup
	@$(CARGO) build --release --bin counterweight-engine
	@$(CARGO) build --release --no-default-features --features gui --bin counterweight

# The quick checks first. They and the tests share one target folder, so that each dependency is
# checked once and compiled once.
test: lint ## Everything a change must pass: formatting, fences, clippy, all tests
	$(CARGO) test $(ARGS)

lint: setup ## Formatting, dependencies, fences, clippy on all targets and the documentation, warnings denied
	$(CARGO) fmt --all --check
	@$(MAKE) --no-print-directory deny
	@$(MAKE) --no-print-directory fences
	$(CLIPPY) --all-targets $(STRICT)
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --quiet --no-deps --lib

# Known faults are looked up in a database that is fetched anew each time; without a network the rest is still checked.
deny: ## Dependencies: their licences, where they come from, crates that come twice, known faults
	@$(CARGO) deny --version >/dev/null 2>&1 || env -u CARGO_TARGET_DIR $(CARGO) install --quiet --locked cargo-deny
	$(CARGO) deny --log-level error check --hide-inclusion-graph licenses bans sources
	@if timeout 20 git ls-remote -q https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then \
		$(CARGO) deny --log-level error check --hide-inclusion-graph advisories; \
	else \
		echo "The database of known faults cannot be reached: advisories are not checked."; \
	fi

# Clippy is `cargo check` and more. Denying warnings here finds what only one of the builds does not use.
fences: setup ## Build without the window, without torch, without both
	$(CLIPPY) --no-default-features $(STRICT)
	$(CLIPPY) --no-default-features --features gui $(STRICT)
	$(CLIPPY) --no-default-features --features torch $(STRICT)

# The two programs are those that tests build beside themselves: `cargo build` would compile half of the dependencies
# anew, because without the tests' own they have other features.
e2e: setup ## Use the real window as a user would, on a screen that nobody sees; pictures in target/e2e
	@python="$$($(PYTHON) scripts/setup.py e2e)" && $(CARGO) test --no-run --test remote && \
	$(CARGO) test --no-run --no-default-features --features gui --test window && \
	"$$python" tests/e2e/story.py --program "$(TARGET)/debug/counterweight" --shots target/e2e $(ARGS)

# Folders of real images: make walk ARGS="--faces ../faces-6k --weights ../resnet18.safetensors"
walk: program ## Six jobs in the real window, by mouse and by keyboard: film strips and times in target/walk
	@python="$$($(PYTHON) scripts/setup.py e2e)" && \
	"$$python" tests/e2e/jobs.py --program "$(TARGET)/release/counterweight" --out target/walk $(ARGS)

soak: program ## Use the window at random for MINUTES (60): no crash, no growing memory, no lost run
	@python="$$($(PYTHON) scripts/setup.py e2e)" && \
	"$$python" tests/e2e/soak.py --program "$(TARGET)/release/counterweight" --shots target/soak \
		--minutes $(MINUTES) $(ARGS)

# On images drawn by the program; DATA and WEIGHTS, where given, show the difference on JPEGs as well.
parity: setup ## Compare every loss and logit with PyTorch's
	@reference="$$($(PYTHON) scripts/setup.py reference)" && \
	$(CARGO) run --release --example parity -- --python "$$reference" \
		$(if $(DATA),--data "$(DATA)" --weights18 "$(WEIGHTS)") $(ARGS)

# WEIGHTS: SqueezeNet's, for probabilities; without, levels alone are compared.
odd-images: setup ## Compare some 400 odd images with Pillow, level by level; with WEIGHTS (SqueezeNet's), probabilities as well
	@reference="$$($(PYTHON) scripts/setup.py reference)" && \
	$(CARGO) build --example pixels --bins && \
	"$$reference" tests/parity/odd_images.py --pixels "$(TARGET)/debug/examples/pixels" --table docs/odd-images.md \
		$(if $(WEIGHTS),--program "$(TARGET)/debug/counterweight" --weights "$(WEIGHTS)") $(ARGS)

# Nine trainings each: seeds 0, 1, 2 and class weights 1:1, 1:3, 1:8.
recalls: data setup ## Compare both recalls with PyTorch's on the same splits; needs DATA and WEIGHTS
	@reference="$$($(PYTHON) scripts/setup.py reference)" && \
	$(CARGO) run --release --example parity -- --python "$$reference" --data "$(DATA)" --weights18 "$(WEIGHTS)" \
		--recalls $(ARGS)

bench: data program ## Compare the speed with PyTorch's, side by side, and time the window; needs DATA and WEIGHTS
	@reference="$$($(PYTHON) scripts/setup.py reference)" && python="$$($(PYTHON) scripts/setup.py e2e)" && \
	$(CARGO) build --release --example bench --example frames && \
	"$(TARGET)/release/examples/bench" --python "$$reference" --data "$(DATA)" --weights "$(WEIGHTS)" $(ARGS) && \
	"$(TARGET)/release/examples/frames" && \
	"$$python" tests/e2e/speed.py --program "$(TARGET)/release/counterweight" --data "$(DATA)" --weights "$(WEIGHTS)"

# Before the set-up: what was forgotten should be said at once.
data:
	@[ -d "$(DATA)" ] && [ -f "$(WEIGHTS)" ] || { \
		echo "say what to compare on: make $(MAKECMDGOALS) DATA=<folder with one folder per class> WEIGHTS=<resnet18.safetensors>" >&2; \
		exit 2; }

fmt: ## Format the sources
	$(CARGO) fmt --all

clean: ## Delete what was built here; libtorch stays in the user's cache
	$(CARGO) clean
	rm -f .libtorch

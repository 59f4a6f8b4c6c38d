# Everything that is done with this tree. `make` alone lists it; `make doctor` says what a machine lacks.

.DEFAULT_GOAL := help
.PHONY: help run test check fmt doctor bench fuzz faults

# Cases that others wrote, to test against. They are not part of this tree: the tests find them through this variable.
ANBAN_CONFORMANCE ?= $(wildcard $(abspath ../shared/conformance))
ifneq ($(ANBAN_CONFORMANCE),)
export ANBAN_CONFORMANCE
endif

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build and start the app, on a hub of its own with the demonstration city (ARGS="--lang en" for options of the app)
	@.ci/install build run
	cargo build --locked
	@.ci/start $(ARGS)

test: ## Install what the tests need and run all of them
	@.ci/install build run test
	@.ci/tools
	cargo build --locked --workspace --bins --tests --examples
	cargo test --locked --workspace

check: ## Formatting, lints, licences and dependencies, known vulnerabilities
	@.ci/install build
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo clippy --locked --package anban-tests --test faults_patroni -- -D warnings
	@.ci/dependencies

fmt: ## Format the Rust sources
	cargo fmt --all

doctor: ## Say what this machine lacks, and the command that brings it
	@.ci/doctor

fuzz: ## Look for inputs that break a parser (TARGET=document_text, SECONDS=60; all of them, ten minutes each)
	@.ci/fuzz run $(or $(SECONDS),600) $(TARGET)

faults: ## The long forms of the tests of what goes wrong: each many times, and a cluster that loses its leader
	@.ci/install build run test faults
	@.ci/tools faults
	cargo build --locked --workspace --bins
	ANBAN_RUNS=20 cargo test --locked --package anban-tests --test faults slots -- --nocapture
	ANBAN_FAULTS=$(or $(ANBAN_FAULTS),full) cargo test --locked --package anban-tests --test faults_storm -- --nocapture --test-threads=1
	ANBAN_API_EXAMPLES=100 cargo test --locked --package anban-hub --test description
	cargo test --locked --package anban-tests --test faults_patroni -- --nocapture

bench: ## Measure: the benchmarks, then start-up and memory against a GTK 4 window
	@.ci/install build run bench
	cargo build --locked --release --package anban
	cargo bench --locked --workspace --bench '*'

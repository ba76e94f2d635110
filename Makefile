# The only commands a newcomer needs. `make` alone lists them.

SEEDS ?= 2000
SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help run demo-clean test bench bench-decode fuzz simulate fmt lint screenshots

help: ## This list
	@printf 'Gatehouse\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install, build, start a server with a demo community and open a kiosk's window
	@scripts/run

demo-clean: ## Forget the demo's data; the next `make run` starts afresh
	rm -rf .demo

test: ## Install what is missing and run every test there is
	@scripts/test

bench: ## Measure the gate's speed beside the machine's limits
	@scripts/bench

bench-decode: ## Measure the QR decoder beside its peers
	@scripts/bench-decode

fuzz: ## Throw damaged pictures and grids of modules at the scanner, SECONDS=60 each
	@scripts/fuzz $(SECONDS)

simulate: ## Run SEEDS=2000 seeds of the seeded protocol simulation
	@scripts/simulate $(SEEDS)

fmt: ## Format everything
	cargo fmt --all
	cargo fmt --all --manifest-path kiosk/Cargo.toml
	cargo fmt --all --manifest-path tests/Cargo.toml
	cargo fmt --manifest-path kiosk/scan/fuzz/Cargo.toml
	cargo fmt --manifest-path kiosk/scan/bench-decode/Cargo.toml
	@scripts/install-ui
	npm --prefix kiosk-ui run --silent format

lint: ## rustfmt and clippy alone, as `make test` has them; warnings are errors
	@scripts/test lint

screenshots: ## Drive the window and keep pictures of it in test-output/screenshots
	@scripts/test window

# Two commands for a newcomer: `make run` and `make test`. Both install what a Debian machine lacks; elsewhere see docker/README.md.
# Arguments go in ARGS: make run ARGS="--listen 127.0.0.1:9000". What is built is kept in ~/.cache/terrein, outside the clone.

.DEFAULT_GOAL := help
.PHONY: help run dev test lint bench clients flood release image-test

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## Set up, build and start, with the demo terrain, on http://localhost:8080
	@scripts/run.sh $(ARGS)

dev: ## The app with hot reload, the server built again at each change
	@scripts/dev.sh $(ARGS)

test: ## Lint, then all tests
	@scripts/test.sh

lint: ## Format, types, style, licences, containers
	@scripts/lint.sh

bench: ## Speed, as ratios to the limit measured in the same run
	@scripts/bench.sh $(ARGS)

clients: ## What other people's programs make of the graph: audits, made-up questions
	@scripts/clients.sh

flood: ## Half a minute of the worst questions, half a minute of rubbish: who else asks is served, memory stays
	@scripts/flood.sh $(ARGS)

release: ## One binary with the app in it, in release/
	@scripts/release.sh

image-test: ## Build the container image without a container engine, and start it
	@scripts/image-test.sh

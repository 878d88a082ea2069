# Thin on purpose: what is longer than a line is a script. `make` alone lists the targets.

.PHONY: help run test e2e screenshots check bench bench-web load soak fuzz coverage fmt clean-local

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: ## build, start what is needed, and serve the demo (PROFILE=release for speed)
	@scripts/run-demo

test: ## all tests, or those named by ARGS, as in make test ARGS=race_
	@scripts/test $(ARGS)

e2e: ## what people do in the browser, or part of it, as in make e2e ARGS=board
	@scripts/e2e $(ARGS)

screenshots: ## pictures of every page into docs/screenshots/, or some, as in make screenshots ARGS='-g jamaah'
	@scripts/screenshots $(ARGS)

check: ## formatting, lints, docs, dependencies, spelling: what CI checks before the tests
	@scripts/check $(ARGS)

bench: ## benchmarks beside other ways, written to docs/benchmarks.md; parts as in make bench ARGS=reads
	@scripts/bench $(ARGS)

bench-web: ## the application in a browser, written to docs/benchmarks-web.md (MINUTES=2 for a short look)
	@scripts/bench-web $(ARGS)

fuzz: ## every operation of the API with what it allows and what it does not (EXAMPLES=200 of each)
	@scripts/fuzz $(ARGS)

load: ## a working day of 10 to 1,000 people on two servers, written to docs/benchmarks-load.md
	@scripts/bench day

soak: ## a hundred people for MINUTES (30) on one server, and whether its memory grows
	@scripts/bench soak $(or $(MINUTES),30)

coverage: ## which lines the tests reach
	@scripts/coverage $(ARGS)

fmt: ## format the code
	@cargo fmt

clean-local: ## stop what was started here and delete .local: servers' data, demo, tools
	@scripts/services clean
	@rm -rf .local

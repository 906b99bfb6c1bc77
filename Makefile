# Postrider. `make help` lists what there is to do. Every target installs what it
# misses, asks nothing, and does nothing twice.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GO      ?= go
NPM     ?= npm
LINT    := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
SOAK    ?= 1m
GEOIP   := @ip-location-db/geo-whois-asn-country-mmdb@2.3.2026061719

# check and test both want it: whichever comes second is answered from Go's cache. Without the race
# detector run what it has nothing to find in and takes minutes over: docs and lint, which read the
# sources on one goroutine, and the tables that ask graph one thing after the other.
TABLES  := TestNothingOfAnotherAffiliateLeaks|TestEveryChangeIsAudited|TestTokenTable
GO_TEST := $(GO) test ./docs ./lint && $(GO) test ./graph -run '^($(TABLES))$$' && \
	$(GO) test -race -timeout 15m -skip '^($(TABLES))$$' $$($(GO) list ./... | grep -vxE 'postrider/(docs|lint)')

# Where generated code is, and nowhere else.
GENERATED := ent/db graph/gen frontend/src/graphql
WEB_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o \
	-path frontend/e2e -prune -o -path frontend/test-results -prune -o \
	-type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' -o -path 'frontend/public/*' -o -name package.json \) -print 2>/dev/null)

.PHONY: run
run: .cache/postgres .cache/country.mmdb build ## everything on http://localhost:8080, with demo data
	POSTRIDER_ALLOW_PRIVATE_TARGETS=true exec bin/postrider all --demo

.PHONY: test
test: test-go test-web test-browser ## every test: Go, web, browser, against a real PostgreSQL

.PHONY: check
check: check-generated check-web check-go ## generated code, formatters, linters, race tests

.PHONY: build
build: frontend/dist/index.html bin/postrider ## the web app and the binary, bin/postrider

.PHONY: audit
audit: ## known vulnerabilities in what the program is made of; asks databases on the internet
	@GO='$(GO)' NPM='$(NPM)' .ci/audit

.PHONY: bench
bench: .cache/postgres ## the benchmarks, with their peers and limits, as one table
	$(GO) run ./bench

.PHONY: soak
soak: .cache/postgres ## the long crash tests: kill -9 again and again under load, for SOAK=1m; a process that is stopped for a minute
	$(GO) test -count=1 -timeout 4h -run 'CrashSoak' -v ./cmd/postrider -soak $(SOAK)
	$(GO) test -count=1 -run 'CrashLoses|ClaimsEnd|IsCut' -v ./cmd/postrider -soak $(SOAK)

.PHONY: dev
dev: .cache/postgres .cache/country.mmdb frontend/node_modules/.installed ## Go with reload beside Vite's dev server
	.ci/dev

.PHONY: generate
generate: frontend/node_modules/.installed ## everything that is generated: ent, GraphQL, the web app's types
	$(GO) generate ./ent
	$(GO) generate ./graph
	cd frontend && $(NPM) run --silent generate

.PHONY: clean
clean: ## removes what was built; demo data in .postrider stays
	rm -rf bin .cache frontend/node_modules frontend/test-results frontend/playwright-report
	find frontend/dist -mindepth 1 ! -name .keep -delete

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The parts of test.

.PHONY: test-go
test-go: .cache/postgres .cache/snippets ## the Go tests alone, under the race detector
	$(GO_TEST)

.PHONY: test-web
test-web: frontend/node_modules/.installed ## the web app's component tests alone
	cd frontend && $(NPM) test

.PHONY: test-browser
test-browser: .cache/postgres .cache/chromium .cache/country.mmdb build ## the browser tests alone, against the true program
	cd frontend && $(NPM) run test:e2e

.PHONY: test-moments
test-moments: .cache/postgres ## the Go tests at a dozen awkward moments: ends of months, leap days, daylight saving
	.ci/moments

# The parts of check.

.PHONY: check-generated
check-generated: ## fails where generating changes anything
	@mkdir -p .cache
	@find $(GENERATED) -type f | sort | xargs sha256sum > .cache/generated.before
	$(MAKE) generate
	@find $(GENERATED) -type f | sort | xargs sha256sum > .cache/generated.after
	@diff .cache/generated.before .cache/generated.after || \
		{ echo 'Generated code was not current; it is now: look at it and commit it.' >&2; exit 1; }

.PHONY: check-go
check-go: .cache/postgres .cache/snippets ## gofmt, linters (govet is one of them), and the Go tests under the race detector
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
		if [ -n "$$unformatted" ]; then echo "gofmt -w $$unformatted" >&2; exit 1; fi
	$(LINT) run
	@if docker compose version >/dev/null 2>&1; then docker compose config --quiet; fi
	$(GO_TEST)

.PHONY: check-web
check-web: frontend/node_modules/.installed frontend/dist/index.html ## format, lint, types and size of the web app
	cd frontend && $(NPM) run check

# What is made once and kept.

.PHONY: bin/postrider
bin/postrider: # the compiler knows best what has changed
	@$(GO) build -trimpath -o $@ ./cmd/postrider

frontend/dist/index.html: $(WEB_SOURCES) frontend/node_modules/.installed
	cd frontend && $(NPM) run --silent build
	@touch $@ frontend/dist/.keep

frontend/node_modules/.installed: frontend/package-lock.json
	cd frontend && $(NPM) ci --no-progress
	@touch $@

.cache/postgres .cache/chromium .cache/snippets:
	@mkdir -p .cache
	@.ci/need $(@F)
	@touch $@

# The country of a click; CC0. Without it countries are unknown and all else works.
.cache/country.mmdb:
	@mkdir -p .cache
	@$(NPM) install --silent --no-save --no-package-lock --prefix .cache/geoip $(GEOIP) && \
		cp .cache/geoip/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb $@ && \
		rm -rf .cache/geoip || echo 'No country database: the country of clicks will be unknown.' >&2

# Every target is a script of the same name in scripts/; they also run without make.
.PHONY: help run test lint format lock bench demo-reset messages
.DEFAULT_GOAL := help

help:
	@echo "make run         start Engage on http://127.0.0.1:8000 (PORT=8001 make run: elsewhere)"
	@echo "make test        the whole suite: SQLite, and PostgreSQL, Redis and Chromium where they are found"
	@echo "                 PYTEST_ARGS='tests/journal -k seal'   only a part"
	@echo "                 ENGAGE_REQUIRE=postgres,redis,browser  what is not found is a failure"
	@echo "make lint        style, types, import contracts, templates, migrations, settings, message catalogues"
	@echo "make format      put the Python and template files into the common form"
	@echo "make lock        requirements/*.in into locks with hashes"
	@echo "make bench       the benchmarks, one after the other, as one table"
	@echo "make demo-reset  throw the demo site in var/ away and build it anew"
	@echo "make messages    bring new sentences into the Chinese catalogue"

run test lint format lock bench demo-reset messages:
	@sh scripts/$@

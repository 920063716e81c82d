# What a contributor or a server can ask for; « make » alone lists it.

VENV := .venv
DEV_LOCK := requirements-dev.txt
PYTHON ?= python3
# Further arguments of a command: make test ARGS="-k facets".
ARGS ?=

# What the environment says, else the .env file, else the second argument.
setting = $(or $($(1)),$(shell sed -n "s/^$(1)=//p" .env 2>/dev/null | tr -d "\"'"),$(2))
override PORT := $(call setting,PORT,8000)
export PORT

MANAGE := $(VENV)/bin/python manage.py
GRANIAN := $(VENV)/bin/granian --interface wsgi --no-ws --log-level warning --blocking-threads 4 --host 127.0.0.1 --port $(PORT)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
step = @printf '==> %s\n'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Prerequisites are listed in the order in which they must be made.
.NOTPARALLEL:
.PHONY: help run dev install serve test test-next prove check audit bench faults fuzz guide-pictures messages lock format clean database free-port production

help:
	@printf 'Usage : make <commande>\n\n'
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  \1\t\2/p' Makefile | expand --tabs=14

# The site

run: export DEBUG := false
run: $(VENV)/.run .env free-port $(CATALOGUES) database ## lance le site, prêt à l’emploi (PORT=8000)
	$(step) 'Fichiers statiques'
	@$(MANAGE) collectstatic --noinput --verbosity 0
	$(step) 'Le site est à l’adresse http://127.0.0.1:$(PORT)/ (Ctrl-C pour l’arrêter).'
	$(step) 'Pour écrire dans le site : $(if $(filter-out 8000,$(PORT)),PORT=$(PORT) )$(MANAGE) createeditor, puis http://127.0.0.1:$(PORT)/admin/'
	@exec $(GRANIAN) bonnespratiques.wsgi:application

dev: export DEBUG := true
dev: $(VENV)/.run .env free-port $(CATALOGUES) database ## le même, avec rechargement et pages de débogage
	$(step) 'Pour écrire dans le site : $(if $(filter-out 8000,$(PORT)),PORT=$(PORT) )$(MANAGE) createeditor, puis http://127.0.0.1:$(PORT)/admin/'
	@exec $(MANAGE) runserver 127.0.0.1:$(PORT)

serve: export DEBUG := false
serve: production $(VENV)/.run free-port $(CATALOGUES) ## le serveur de production (WEB_CONCURRENCY=2)
	@$(MANAGE) check --deploy --fail-level WARNING
	@$(MANAGE) migrate --check >/dev/null || { echo 'La base n’est pas à jour : $(MANAGE) migrate' >&2; exit 1; }
	@$(MANAGE) collectstatic --noinput --verbosity 0
	$(step) '$(call setting,SITE_URL) est servi sur 127.0.0.1:$(PORT).'
	@exec deploy/server

install: $(VENV)/.run $(CATALOGUES) ## installe ce qu’il faut pour servir (docs/installer.md)

production:
	@[ "$${#SECRET_KEY}" -ge 50 ] || grep -Eqs '^SECRET_KEY=.{50}' .env || \
		{ echo 'make serve : il faut une SECRET_KEY d’au moins 50 caractères (voir .env.example).' >&2; exit 1; }
	@case '$(call setting,SITE_URL)' in https://?*) ;; \
		*) echo 'make serve : il faut une SITE_URL en https:// (voir .env.example).' >&2; exit 1;; esac

free-port:
	@$(VENV)/bin/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null || \
		{ echo 'Le port $(PORT) est déjà pris ou interdit ; pour un autre : make $(MAKECMDGOALS) PORT=8001' >&2; exit 1; }

database:
	$(step) 'Base de données'
	@mkdir -p var
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_collection --if-empty

# What the commands need

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Il faut Python 3.11 ou plus récent : make PYTHON=/chemin/de/python3 …' >&2; exit 1; }
	$(step) 'Environnement Python ($(VENV))'
	@$(PYTHON) -m venv --clear $(VENV)

pip_install = $(VENV)/bin/pip install -qq --disable-pip-version-check --require-hashes --requirement

$(VENV)/.run: requirements.txt | $(VENV)/bin/pip
	$(step) 'Dépendances'
	@$(pip_install) $<
	@touch $@

$(VENV)/.dev: $(DEV_LOCK) | $(VENV)/bin/pip
	$(step) 'Dépendances et outils de développement'
	@$(pip_install) $<
	@touch $@

.env:
	$(step) 'Clé secrète de cette machine (.env)'
	@umask 077 && { echo '# Fait par make run pour cette machine seule ; git l’ignore. Voir .env.example.' && \
		$(VENV)/bin/python -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))'; } >$@

%.mo: %.po
	@$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@

# The code

test: $(VENV)/.dev $(CATALOGUES) ## tous les tests, sur SQLite (navigateur compris) et PostgreSQL (ARGS="-k facettes")
	@$(VENV)/bin/python tests/run.py $(ARGS)

# On the PATH, else among the interpreters that a version manager keeps in the home directory.
PYTHON_NEXT ?= $(shell for python in python3.13 $(HOME)/.*/versions/3.13*/bin/python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo "$$python" && break; done)

test-next: ## les mêmes, avec le Django suivant, si Python 3.13 est là (PYTHON_NEXT=…)
	@python='$(PYTHON_NEXT)'; if [ -n "$$python" ]; then \
		$(MAKE) --no-print-directory test VENV=.venv-next DEV_LOCK=requirements-next.txt PYTHON="$$python"; \
	else echo 'make test-next : rien n’a été testé, faute de Python 3.13.'; fi

check: export DATABASE_URL := sqlite://:memory:
check: export DEBUG := false
check messages: export SECRET_KEY = $(shell od -An -N40 -tx1 /dev/urandom | tr -d ' \n')
check: export SITE_URL := https://example.org
check: $(VENV)/.dev $(CATALOGUES) ## format, lint, types, couches, gabarits, migrations, déploiement, traductions, enregistrements
	$(step) 'Format et lint'
	@$(VENV)/bin/ruff format --check --output-format concise
	@$(VENV)/bin/ruff check --output-format concise
	$(step) 'Types'
	@$(VENV)/bin/mypy
	$(step) 'Couches'
	@$(VENV)/bin/lint-imports --no-logo
	$(step) 'Gabarits'
	@$(VENV)/bin/djlint --lint --quiet templates
	$(step) 'Migrations'
	@$(MANAGE) makemigrations --check --dry-run
	$(step) 'Déploiement'
	@$(MANAGE) check --deploy --fail-level WARNING
	$(step) 'Traductions'
	@$(VENV)/bin/python tests/check_messages.py
	$(step) 'Enregistrements'
	@$(VENV)/bin/python tests/check_saves.py

prove: $(VENV)/.dev $(CATALOGUES) ## les propriétés, sur dix fois plus d’exemples que make test (ARGS="-k facets")
	@$(VENV)/bin/python tests/run.py -m hypothesis --hypothesis-profile=long $(ARGS)

faults: $(VENV)/.dev $(CATALOGUES) ## les pannes de docs/reliability.md, avec de vrais serveurs (ARGS="redis-frozen" pour une seule)
	@$(VENV)/bin/python -m bench.faults $(ARGS)

bench: export SECRET_KEY = known to everybody, for benchmarks on the loopback and nothing else
bench: $(VENV)/.dev requirements-bench.txt $(CATALOGUES) ## les mesures de docs/performance.md (ARGS="--write" pour les y écrire)
	$(step) 'Pairs à comparer (wrk et nginx, s’ils sont installés, le sont aussi)'
	@$(pip_install) requirements-bench.txt
	@$(VENV)/bin/python -m bench $(ARGS)

AUDIT := .venv-audit
CODE := accounts bonnespratiques content contributions facets mail newsletter operations pages practices search

audit: requirements.txt | $(VENV)/bin/pip ## failles connues des dépendances, tournures dangereuses du code
	@test -x $(AUDIT)/bin/bandit || { $(PYTHON) -m venv $(AUDIT) && \
		$(AUDIT)/bin/pip install -qq --disable-pip-version-check bandit pip-audit; }
	$(step) 'Code (bandit)'
	@$(AUDIT)/bin/bandit --quiet --recursive --configfile pyproject.toml $(CODE)
	$(step) 'Dépendances (pip-audit)'
	@mkdir -p var; $(AUDIT)/bin/pip-audit --requirement $< --disable-pip --require-hashes --timeout 10 >var/audit.txt 2>&1; \
	code=$$?; if grep -Eq 'could not be audited|ConnectionError|Max retries' var/audit.txt; \
	then echo 'NON VÉRIFIÉ : le service qui connaît les failles ne répond pas d’ici.'; \
	else cat var/audit.txt; exit $$code; fi

fuzz: $(VENV)/.dev $(CATALOGUES) ## cent mille requêtes étranges à toutes les adresses (ARGS="--requests 1000 --seed 1")
	@$(VENV)/bin/python bench/fuzz.py $(ARGS)

guide-pictures: $(VENV)/.dev $(CATALOGUES) ## reprend les images du guide de la rédaction (demande Chromium)
	@$(VENV)/bin/python -m bench.guide

messages: $(VENV)/.dev ## met locale/ à jour d’après le code (demande gettext)
	@$(MANAGE) makemessages --locale fr --add-location file --no-wrap --no-obsolete --ignore tests --verbosity 0

LOCK = $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --generate-hashes \
	--custom-compile-command 'make lock' $(ARGS)

lock: $(VENV)/.dev ## refait les cinq verrous de dépendances (ARGS=--upgrade pour les mettre à jour)
	@$(LOCK) --python-version 3.11 --output-file requirements.txt
	@$(LOCK) --python-version 3.11 --output-file requirements-dev.txt --group dev --constraints requirements.txt
	@$(LOCK) --python-version 3.11 --output-file requirements-s3.txt --group s3 --constraints requirements.txt
	@$(LOCK) --python-version 3.11 --output-file requirements-bench.txt --group bench --constraints requirements.txt
	@echo 'Django>=6.1,<6.2' | \
		$(LOCK) --python-version 3.13 --output-file requirements-next.txt --group dev --overrides -

format: $(VENV)/.dev ## met le code en forme
	@$(VENV)/bin/ruff check --fix --exit-zero --quiet
	@$(VENV)/bin/ruff format

clean: ## efface ce que les autres commandes fabriquent, sauf .env et la base de données
	@rm -rf .venv .venv-next .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results \
		var/static var/no-static-files var/test_* $(CATALOGUES)

#!/usr/bin/env bash
# On a new database only: the login of the services. « migrate » gives it its roles, and nothing else.
set -euo pipefail
psql --no-psqlrc -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v mot_de_passe="$(cat /run/secrets/postgres-courrier)" <<'SQL'
CREATE ROLE courrier LOGIN NOINHERIT PASSWORD :'mot_de_passe';
SQL

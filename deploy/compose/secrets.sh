#!/usr/bin/env bash
# Writes into deploy/compose/secrets/ what nobody chooses: passwords, connection strings that hold them, and a certificate to try with.
# Run once; what is there already is kept. The folder is never committed.
set -euo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p secrets
cd secrets
name=${1:-localhost}

# Containers read them as their own ordinary users; the folder itself is entered by its owner alone.
keep() { [ -s "$1" ] || { cat > "$1.new" && chmod 444 "$1.new" && mv "$1.new" "$1"; }; }
new_password() { openssl rand -hex 32 | tr -d '\n'; }

for account in postgres-proprietaire postgres-courrier rabbitmq-administrateur rabbitmq-courrier; do
  new_password | keep "$account"
done
printf 'Host=postgres;Database=courrier;Username=courrier;Password=%s' "$(cat postgres-courrier)" | keep connexion-courrier
printf 'Host=postgres;Database=courrier;Username=postgres;Password=%s' "$(cat postgres-proprietaire)" | keep connexion-migration
printf 'default_user = administrateur\ndefault_pass = %s\n' "$(cat rabbitmq-administrateur)" | keep rabbitmq.conf
if [ ! -s certificat.pem ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -days 90 -subj "/CN=$name" -addext "subjectAltName=DNS:$name" -keyout cle.pem -out certificat.pem 2> /dev/null
  chmod 444 cle.pem certificat.pem
fi
echo "deploy/compose/secrets is ready; certificat.pem and cle.pem are for trying: put your own in their place."

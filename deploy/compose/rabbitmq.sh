#!/bin/sh
# The virtual host, its policies and the one account Courrier uses, with rights on its own names only. Run at every start: it changes nothing the second time.
set -eu
umask 077
rights='^(courrier|portail|echeances|ingestion)\\..*$'

# Passwords stay out of the arguments, which everyone on the machine can read.
ask() {
  method=$1 path=$2 body=$3
  printf 'user = "administrateur:%s"\n' "$(cat /run/secrets/rabbitmq-administrateur)" |
    curl --config - --fail --silent --show-error --retry 30 --retry-delay 2 --retry-all-errors \
      --request "$method" --header 'content-type: application/json' --data-binary "@$body" "http://rabbitmq:15672$path"
}

ask POST /api/definitions /definitions.json
printf '{"password":"%s","tags":""}' "$(cat /run/secrets/rabbitmq-courrier)" > /tmp/compte.json
ask PUT /api/users/courrier /tmp/compte.json
printf '{"configure":"%s","write":"%s","read":"%s"}' "$rights" "$rights" "$rights" > /tmp/droits.json
ask PUT /api/permissions/courrier/courrier /tmp/droits.json
echo 'RabbitMQ est prêt pour Courrier.'

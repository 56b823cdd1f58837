#!/bin/sh
# Creates deploy/compose/compose.env with new random secrets, for docker-compose.yml. Requires only a POSIX system.
#   sh deploy/compose/make-env.sh [email address of the platform admin]
set -eu
umask 077
folder=$(cd "$(dirname "$0")" && pwd)
file=$folder/compose.env
email=${1:-platform@tenantry.test}

if [ -e "$file" ]; then
  echo "$file exists already. Its secrets belong to the database that was made with them: remove both, or keep both." >&2
  exit 1
fi

# The passwords become parts of URLs, so they contain hexadecimal digits only.
hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }
key() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

password=$(hex 12)
{
  echo "POSTGRES_PASSWORD=$(hex 24)"
  echo "TENANTRY_OWNER_PASSWORD=$(hex 24)"
  echo "TENANTRY_APP_PASSWORD=$(hex 24)"
  echo "TENANTRY_PLATFORM_PASSWORD=$(hex 24)"
  echo "TENANTRY_WORKER_PASSWORD=$(hex 24)"
  echo "TOKEN_SIGNING_KEYS=k1:$(key)"
  echo "DATA_ENCRYPTION_KEYS=k1:$(key)"
  echo "PLATFORM_ADMIN_EMAIL=$email"
  echo "PLATFORM_ADMIN_PASSWORD=$password"
} >"$file.part"
mv "$file.part" "$file"

echo "Made $file. The first platform admin is $email, password $password."
echo "Now: docker compose --env-file deploy/compose/compose.env up --build"

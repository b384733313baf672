#!/bin/sh
# Each container has an instance of its own: lambdock removes what an earlier run of its instance left behind.
if [ -z "$LAMBDOCK_INSTANCE" ]; then
  read -r name < /etc/hostname
  LAMBDOCK_INSTANCE=lambdock-$(printf %s "$name" | tr 'A-Z' 'a-z' | tr -cd 'a-z0-9-' | cut -c1-31)
  export LAMBDOCK_INSTANCE
fi
exec node /opt/lambdock/dist/main.js start "$@"

#!/bin/sh
# Starts the runtime of an image-packaged function; its only argument is the handler.
if [ $# -ne 1 ]; then
  echo "entrypoint requires the handler name to be the first argument" >&2
  exit 142
fi
export _HANDLER="$1"
exec /var/runtime/bootstrap

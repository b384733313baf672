#!/bin/sh
# Writes the root file system of a lean Debian as a tar archive to standard output:
#   make-base.sh SUITE ARCHITECTURE | docker import - NAME
# Suites: bookworm (python3.11, Node.js, compilers) and trixie (python3.13).
# Needs mmdebstrap; as root, or where unprivileged user namespaces are allowed.
set -eu
suite=$1
architecture=$2

# usr-is-merged stands in for usrmerge, which would pull in the whole of Perl.
packages=ca-certificates,usr-is-merged
case $suite in
  # The only interpreter this suite is used for, so that no second run of apt is needed.
  # python3-pip-whl is pip as one file, without the compilers and headers that python3-pip brings.
  trixie) packages=$packages,python3.13,python3-pip-whl ;;
esac

command -v mmdebstrap >/dev/null || exit 127

# Documentation is left out by dpkg's own configuration, so that packages installed later obey it too.
# (mmdebstrap's --dpkgopt=path-exclude does the same, but extracts several times slower.)
exec mmdebstrap --variant=apt --architectures="$architecture" --include="$packages" \
  --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
  --dpkgopt=force-unsafe-io \
  --setup-hook='mkdir -p "$1/etc/dpkg/dpkg.cfg.d" && printf "path-exclude=/usr/share/%s/*\n" doc man info locale lintian >"$1/etc/dpkg/dpkg.cfg.d/lean"' \
  --customize-hook='for each in doc man info locale lintian; do rm -rf "$1/usr/share/$each"/*; done' \
  "$suite" -

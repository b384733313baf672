#!/bin/sh
# Writes the root file system of a lean Debian as a tar archive to standard output:
#   make-base.sh SUITE ARCHITECTURE | docker import - NAME
# Suites: bookworm (Node.js, compilers, python3.11), bullseye, trixie and forky (one Python each).
# Needs mmdebstrap; as root, or where unprivileged user namespaces are allowed.
set -eu
suite=$1
architecture=$2

# Keep in step with layout/furnish.sh, which then has nothing left to install.
packages=ca-certificates,curl,locales,tzdata
python() { packages=$packages,python$1,python$1-venv,python3-gdbm; }
merge=--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr
valid=true
case $suite in
  bullseye)
    python 3.9 && packages=$packages,python3-distutils,python3-lib2to3
    # This suite has no usr-is-merged to merge with, and no updates any more: its own line of three stays.
    merge='--setup-hook=sed -i -E "/bullseye-(updates|security)/d" "$1/etc/apt/sources.list"'
    ;;
  # usr-is-merged stands in for usrmerge, which would pull in the whole of Perl.
  bookworm) packages=$packages,usr-is-merged ;;
  trixie) python 3.13 && packages=$packages,usr-is-merged,tzdata-legacy ;;
  # The index of a suite in development expires within days; a mirror may lag behind. It stays signed.
  forky) python 3.14 && packages=$packages,usr-is-merged,tzdata-legacy valid=false ;;
  *) echo "E: unknown suite $suite" >&2 && exit 1 ;;
esac

command -v mmdebstrap >/dev/null || exit 127

# Documentation is left out by dpkg's own configuration, so that packages installed later obey it too.
# (mmdebstrap's --dpkgopt=path-exclude does the same, but extracts several times slower.)
# The sources of locales are 15 times the size of the one that is made of them.
exec mmdebstrap --variant=apt --architectures="$architecture" --include="$packages" "$merge" \
  --dpkgopt=force-unsafe-io --aptopt="Acquire::Check-Valid-Until \"$valid\"" \
  --setup-hook='mkdir -p "$1/etc/dpkg/dpkg.cfg.d" && printf "path-exclude=/usr/share/%s/*\n" doc man info locale lintian >"$1/etc/dpkg/dpkg.cfg.d/lean"' \
  --customize-hook='chroot "$1" localedef -i en_US -f UTF-8 en_US.UTF-8 && rm -rf "$1/usr/share/i18n"' \
  --customize-hook='for each in doc man info locale lintian; do rm -rf "$1/usr/share/$each"/*; done' \
  "$suite" -

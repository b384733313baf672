#!/bin/sh
# Installs what Amazon Linux has and a slim base may lack. Run once, as root, while an image is built:
#   furnish.sh [PACKAGE...]
# installs further packages too. Where everything is there already, nothing is downloaded.
set -eu
missing=
for package in ca-certificates curl locales tzdata "$@"; do
  [ "$(dpkg-query -f '${db:Status-Abbrev}' -W "$package" 2>/dev/null)" = 'ii ' ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update -qq
  # Suites from trixie on keep names such as US/Pacific in a package of their own.
  [ -z "$(apt-cache show tzdata-legacy 2>/dev/null)" ] || missing="$missing tzdata-legacy"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
  apt-get clean && rm -rf /var/lib/apt/lists/*
fi
locale -a 2>/dev/null | grep -qix en_US.utf8 || localedef -i en_US -f UTF-8 en_US.UTF-8
rm -rf /usr/share/i18n

# Amazon Linux's shell is bash: scripts for Lambda that begin with #!/bin/sh use `source` and `set -o pipefail`.
ln -sf bash /bin/sh

# Where Amazon Linux and AWS's own images have the certificates.
mkdir -p /etc/pki/tls/certs
for name in pki/tls/cert.pem pki/tls/certs/ca-bundle.crt ssl/certs/ca-bundle.crt; do
  ln -sf /etc/ssl/certs/ca-certificates.crt "/etc/$name"
done

# LD_LIBRARY_PATH names /usr/lib64 before the folders of layers, as on Lambda, so that a layer's library does not
# replace the system's. Debian keeps its libraries elsewhere.
mkdir -p /lib64 /usr/lib64
ln -s -t /usr/lib64 /lib/*-linux-gnu/*.so* /usr/lib/*-linux-gnu/*.so* 2>/dev/null || true

#!/bin/sh
# Gives an image the folders, links and users that every runtime of Lambda has. Run once while the image is built:
#   arrange.sh [RUNTIME INTERPRETER LINK...]
# puts RUNTIME (python3.13) and the interpreter's name into the bootstrap, and links /var/lang/bin/LINK to the
# interpreter that the base brings, where /var/lang/bin has none.
set -eu

mkdir -p /opt /var/task /var/runtime /var/lang/bin /var/lang/lib
if [ $# -gt 0 ]; then
  runtime=$1 interpreter=$2
  shift 2
  sed -i "s/@RUNTIME@/$runtime/; s/@INTERPRETER@/$interpreter/" /var/runtime/bootstrap
  for link; do
    [ -x "/var/lang/bin/$link" ] || ln -s "$(command -v "$interpreter")" "/var/lang/bin/$link"
  done
fi
# Interpreters of Docker Hub's images have their libraries here; those of layers come later.
for library in /usr/local/lib/lib*.so*; do
  [ ! -e "$library" ] || ln -s "$library" /var/lang/lib/
done

# As in the real sandbox; files of these ids exist nowhere, so the user owns nothing in the image.
grep -q '^sbx_user1051:' /etc/passwd || echo 'sbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin' >>/etc/passwd
grep -q ':x:990:' /etc/group || echo 'sbx_user1051:x:990:' >>/etc/group

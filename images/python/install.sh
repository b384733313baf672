#!/bin/sh
# Puts into /out what the image adds to the interpreter:
#   install.sh VERSION
# the runtime interface client and boto3 for /var/runtime, pip and what else Lambda's interpreter has for /var/lang.
set -eu
version=$1
site=/var/lang/lib/python$version/site-packages
interpreter=$(command -v "python$version")

# A portable build has no venv; its pip is apart.
if [ -d /build/pip/pip ]; then
  export PYTHONPATH=/build/pip
  pip=$interpreter
else
  $interpreter -m venv /build/venv
  pip=/build/venv/bin/python
fi
if [ -s /build/ca.pem ]; then export PIP_CERT=/build/ca.pem; fi
install() {
  $pip -m pip install --disable-pip-version-check --no-color --progress-bar off --no-cache-dir \
    --no-compile --target "/out$1" -r "/build/$2"
  rm -rf "/out$1/bin"
}
install /var/runtime requirements.txt
install "$site" requirements-lang.txt
$interpreter -m compileall -q -j 0 --invalidation-mode unchecked-hash -s /out -p / /out/var

# The interpreter has site-packages of its own; this file adds those of /var/lang to its path.
own=$($interpreter -c 'import site; print(site.getsitepackages()[0])')
mkdir -p "/out$own" /out/var/lang/bin
echo "$site" >"/out$own/var-lang.pth"
for name in pip pip3 "pip$version"; do
  printf '#!/bin/sh\nexec /var/lang/bin/python%s -m pip "$@"\n' "$version" >"/out/var/lang/bin/$name"
  chmod 755 "/out/var/lang/bin/$name"
done

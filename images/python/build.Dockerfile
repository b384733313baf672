# A Debian Python runtime with pip, for building layers in.
ARG RUNTIME
FROM ${RUNTIME}
RUN set -eu; \
    mkdir -p /usr/lib/python3/dist-packages; \
    /var/lang/bin/python3 -m zipfile -e /usr/share/python-wheels/pip-*.whl /usr/lib/python3/dist-packages; \
    /var/lang/bin/python3 -m compileall -q -j 0 /usr/lib/python3/dist-packages/pip

# The AWS SDK as /node_modules, by the lock file of one of the folders sdk-v2 and sdk-v3.
ARG TOOLCHAIN
FROM ${TOOLCHAIN} AS build
ARG STAGE
LABEL lambdock.stage=${STAGE}
ARG LOCK
COPY packages/ /packages/
COPY ca.pem nodejs/install-packages.cjs nodejs/${LOCK}/package-lock.json /build/
RUN set -eu; \
    mkdir -p /node /npm /out; \
    tar -xzf /packages/node-linux-*.tgz --no-same-owner -C /node --strip-components=1 package/bin/node; \
    tar -xzf /packages/npm-*.tgz --no-same-owner -C /npm --strip-components=1; \
    if [ -s /build/ca.pem ]; then export NODE_EXTRA_CA_CERTS=/build/ca.pem; fi; \
    NPM=/npm /node/bin/node /build/install-packages.cjs /build/package-lock.json /out

FROM scratch
COPY --from=build /out/ /

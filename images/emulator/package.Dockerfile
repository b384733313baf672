# The emulator's own image as the npm package builds it: from compiled files, with the versions of its lock file.
# BASE is any image with node (20.19 or later), npm and a /bin/sh. Written for the classic builder too.
ARG BASE=node:24-slim
FROM ${BASE} AS build
USER root
WORKDIR /build
# The certificate file is optional: a pattern without a match is accepted next to a name with one.
COPY images/emulator/compile-only.cjs .lambdock-ca.cr[t] package.json package-lock.json ./
RUN if [ -s .lambdock-ca.crt ]; then export NODE_EXTRA_CA_CERTS=/build/.lambdock-ca.crt npm_config_cafile=/build/.lambdock-ca.crt; fi \
  && node compile-only.cjs \
  && npm install --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

FROM ${BASE}
USER root
WORKDIR /opt/lambdock
COPY --from=build /build/node_modules node_modules
COPY dist dist
COPY package.json ./
COPY images images
# For a container without a project: functions come over the API.
RUN mkdir /project && echo 'functions: {}' > /project/lambdock.yaml
ENV NODE_ENV=production \
  LAMBDOCK_TEMPLATE=/project/lambdock.yaml \
  LAMBDOCK_HOST=0.0.0.0 \
  LAMBDOCK_PORT=9000 \
  LAMBDOCK_DEBUG_HOST=0.0.0.0 \
  LAMBDOCK_DATA=/var/lib/lambdock \
  DOCKER_CONFIG=/etc/lambdock/docker
VOLUME /var/lib/lambdock
EXPOSE 9000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9000/_lambdock/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Flags of `lambdock start` may follow.
ENTRYPOINT ["sh", "/opt/lambdock/images/emulator/start.sh"]
CMD []

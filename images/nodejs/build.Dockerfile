# A Debian Node.js runtime with npm, for building layers in.
ARG RUNTIME
FROM ${RUNTIME}
ARG NPM
ADD packages/${NPM} /var/lang/lib/node_modules/
RUN mv /var/lang/lib/node_modules/package /var/lang/lib/node_modules/npm \
 && ln -s ../lib/node_modules/npm/bin/npm-cli.js /var/lang/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /var/lang/bin/npx

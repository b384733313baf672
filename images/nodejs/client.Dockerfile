# The Node.js runtime interface clients, built once for all versions of Node.js:
# /3 for those up to 22, /4 from 24. Both use the same native addon, which calls only the stable Node-API.
ARG TOOLCHAIN
FROM ${TOOLCHAIN} AS build
ARG STAGE
LABEL lambdock.stage=${STAGE}
COPY packages/ nodejs/client.mk /build/
RUN make -C /build -f client.mk -j "$(nproc)"

FROM scratch
COPY --from=build /build/out/ /

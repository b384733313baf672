# The init alone: nothing but one static binary, from which it is copied out.
ARG TOOLCHAIN
FROM ${TOOLCHAIN} AS build
ARG STAGE
LABEL lambdock.stage=${STAGE}
COPY init/ /source/
RUN make -C /source

FROM scratch
COPY --from=build /source/init /init

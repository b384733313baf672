# Compiles rapid-client.node from the sources in the npm package aws-lambda-ric, without npm, node-gyp, CMake
# and Python: an HTTP-only libcurl, AWS's C++ runtime client, and the addon, linked into one file.

MAKEFLAGS += --no-builtin-rules
ric4 := $(wildcard aws-lambda-ric-4.*.tgz)
ric3 := $(wildcard aws-lambda-ric-3.*.tgz)
addon_api := $(wildcard node-addon-api-*.tgz)
node := $(wildcard node-linux-*.tgz)

all: out/4/index.mjs out/4/rapid-client.node out/3/index.mjs out/3/rapid-client.node

# Archives made on macOS carry headers that GNU tar complains of at length.
UNPACK := tar --no-same-owner --warning=no-unknown-keyword

sources:
	mkdir -p ric3 ric4 curl runtime node addon-api
	$(UNPACK) -xzf $(ric3) -C ric3
	$(UNPACK) -xzf $(ric4) -C ric4
	$(UNPACK) -xJf ric4/package/deps/curl.tar.xz -C curl
	$(UNPACK) -xJf ric4/package/deps/aws-lambda-cpp.tar.xz -C runtime
	$(UNPACK) -xzf $(node) -C node package/include
	$(UNPACK) -xzf $(addon_api) -C addon-api
	touch sources

# The Runtime API is plain HTTP over IPv4 and nothing else, so everything else is switched off.
libcurl.a: sources
	cd curl && CFLAGS=-O2 ./configure --quiet --disable-shared --enable-static --with-pic --disable-dependency-tracking \
	  --without-ssl --without-zlib --without-brotli --without-zstd --without-libidn2 --without-libpsl \
	  --without-nghttp2 --without-librtmp --without-libssh2 --without-gssapi \
	  $(addprefix --disable-,alt-svc cookies crypto-auth dict doh file ftp gopher hsts imap ipv6 ldap ldaps manual mime \
	    mqtt netrc ntlm-wb pop3 progress-meter proxy rtsp smtp socketpair telnet tftp threaded-resolver unix-sockets verbose)
	$(MAKE) -C curl/lib -s
	cp curl/lib/.libs/libcurl.a $@

# CMake would put the version in here.
runtime/src/version.cpp: sources
	sed 's/@[A-Za-z_-]*@/0/g' $@.in >$@

CXXFLAGS := -O3 -flto=auto -fPIC -fvisibility=hidden -std=gnu++17 -DNDEBUG -DAWS_LAMBDA_LOG=0
INCLUDES := -Iruntime/include -Icurl/include
parts := logging runtime backward version

$(parts:%=%.o): %.o: sources runtime/src/version.cpp
	g++ $(CXXFLAGS) $(INCLUDES) -fno-exceptions -fno-rtti -c runtime/src/$*.cpp -o $@

rapid-client.node: $(parts:%=%.o) libcurl.a
	g++ $(CXXFLAGS) $(INCLUDES) -Inode/package/include/node -Iaddon-api/package -DNAPI_CPP_EXCEPTIONS -shared -o $@ \
	  ric4/package/src/native/rapid-client.cc $^ -pthread -Wl,--gc-sections -s

out/3/rapid-client.node out/4/rapid-client.node: out/%/rapid-client.node: rapid-client.node
	mkdir -p $(@D) && cp $< $@

out/4/index.mjs: sources
	mkdir -p $(@D) && cp ric4/package/index.mjs ric4/package/LICENSE ric4/package/THIRD-PARTY-LICENSES $(@D)

# Its own command line prints a line of its own and takes the handler as an argument, so the last line is ours. As in
# Lambda's image, everything is in index.mjs, which errors and traces name.
out/3/index.mjs: sources
	mkdir -p $(@D) && cp ric3/package/dist/index.mjs $@ && cp ric3/package/LICENSE ric3/package/THIRD-PARTY-LICENSES $(@D)
	printf '%s\n' 'await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);' >>$@

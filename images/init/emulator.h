/* Connects to lambdock. */
#pragma once

#include "die.h"

#define GREETING_MOST 320
#define TOKEN_SIZE 32

/* Parses `unix:PATH[:TOKEN]` or `tcp:HOST:PORT:SECRET` and resolves the host. Dies on failure. */
void emulator_address(const char *address);
/* Returns a non-blocking connection, or -1 with errno. The connection is established once it is writable. */
int emulator_connect(void);
/* Returns an established connection. Dies on failure. */
int emulator_connected(void);
/* Writes a connection's first line, which contains its kind. Returns its length. */
size_t emulator_greeting(char line[GREETING_MOST], const char *kind);
/* The handover token in the address, or an empty string, and the path of the socket that receives the handover. */
const char *emulator_token(void);
const char *emulator_receiver(void);

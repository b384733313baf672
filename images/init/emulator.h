/* The address of lambdock that the init dials. */
#pragma once

#include "die.h"

#define GREETING_MOST 320
#define TOKEN_SIZE 32

/* Parses `unix:PATH[:TOKEN]` or `tcp:HOST:PORT:SECRET` and looks the host up. Dies where it cannot. */
void emulator_address(const char *address);
/* A non-blocking connection, or -1 with errno. It may still be in progress: wait until it is writable. */
int emulator_connect(void);
/* A connection that is established. Dies where that fails. */
int emulator_connected(void);
/* A connection's first line, which names its kind; returns its length. */
size_t emulator_greeting(char line[GREETING_MOST], const char *kind);
/* The handover token in the address, empty without one, and the socket that takes the handover. */
const char *emulator_token(void);
const char *emulator_receiver(void);

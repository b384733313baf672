/* Descriptors that lambdock takes over if it shares a kernel with the sandbox. */
#pragma once

#include "die.h"

enum { STDOUT, STDERR, TELEMETRY, OUTPUT_STREAMS };
/* The listening socket, then the read end of each stream's pipe. */
#define HANDED_OVER (1 + OUTPUT_STREAMS)
#define HANDOVER_TAKEN 'y'

/* Offers the listening socket and new pipes to the receiver at this path. The token identifies the sandbox. */
void handover_offer(const char *path, const char *token, int listener);
/* Whether lambdock has taken them. It then accepts the function's connections and reads the pipes itself. */
bool handed_over(void);
/* The write end of the stream's pipe, with the flags of a new pipe. Its size is reset if possible. */
int handed_end(int stream);

/* Descriptors that lambdock takes over where both share a kernel. */
#pragma once

#include "die.h"

enum { STDOUT, STDERR, TELEMETRY, OUTPUT_STREAMS };
/* The listening socket, then the reading end of a pipe per stream. */
#define HANDED_OVER (1 + OUTPUT_STREAMS)
#define HANDOVER_TAKEN 'y'

/* Offers the listening socket and new pipes to the receiver at that path, with the token that identifies this sandbox. */
void handover_offer(const char *path, const char *token, int listener);
/* Whether lambdock has taken them: then it accepts the function's connections, and reads what is written here. */
bool handed_over(void);
/* The writing end of that stream's pipe, with the flags and size of a new pipe. */
int handed_end(int stream);

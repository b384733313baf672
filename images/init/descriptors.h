/* Descriptors as messages of Unix sockets (SCM_RIGHTS in unix(7)). */
#pragma once

#include "die.h"

/* Sends bytes with copies of descriptors. */
bool descriptors_send(int to, const void *bytes, size_t size, const int *fds, int count);
/* Receives bytes with exactly `wanted` descriptors. Returns -1 where there are others, which are closed then. */
ssize_t descriptors_receive(int from, void *bytes, size_t most, int *fds, int wanted);

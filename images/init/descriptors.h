/* Passes descriptors over Unix sockets (SCM_RIGHTS in unix(7)). */
#pragma once

#include "die.h"

/* Sends bytes with copies of descriptors. */
bool descriptors_send(int to, const void *bytes, size_t size, const int *fds, int count);
/* Receives bytes with exactly `wanted` descriptors. On any other number it closes them and returns -1. */
ssize_t descriptors_receive(int from, void *bytes, size_t most, int *fds, int wanted);

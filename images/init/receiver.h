/* The other side of a handover, run by lambdock as a child process: `init receive PATH`. */
#pragma once

#include "die.h"

/* Takes descriptors from inits at a path and passes them on to the Node.js process that has started this one. */
_Noreturn void receiver_run(const char *path);

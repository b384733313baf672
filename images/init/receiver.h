/* The receiver of handovers, which lambdock runs as a child process: `init receive PATH`. */
#pragma once

#include "die.h"

/* Receives descriptors from inits at a path and passes them on to its parent, a Node.js process. */
_Noreturn void receiver_run(const char *path);

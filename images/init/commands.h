/* Runs the commands of PROTOCOL.md. */
#pragma once

#include "wire.h"

/* Returns false if the command cannot complete yet: call it again with the whole command. Dies if it is malformed. */
bool command_run(char type, struct payload *payload);

/* What the commands of PROTOCOL.md do. */
#pragma once

#include "wire.h"

/* False where the command cannot be finished yet: call it again, from its start. Dies for a malformed one. */
bool command_run(char type, struct payload *payload);

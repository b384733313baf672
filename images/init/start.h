/* A start command's arguments and variables. */
#pragma once

#include "process.h"
#include "protocol.h"

/* Fills `start` with pointers into the command. False where it has fewer strings than it says, or no command. */
bool start_parse(const struct command *command, struct start *start);
void start_free(struct start *start);

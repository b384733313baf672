/* Parses a start command's arguments and variables. */
#pragma once

#include "process.h"
#include "protocol.h"

/* Fills `start` with pointers into the command. Returns false if strings are missing or there is no program to run. */
bool start_parse(const struct command *command, struct start *start);
void start_free(struct start *start);

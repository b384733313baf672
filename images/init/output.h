/* Reads output of processes from their pipes into frames. */
#pragma once

#include "die.h"

/* Relays a pipe under its process's name until the last writer has closed the pipe. */
void output_open(int fd, uint8_t stream, const char *process);
/* Reads all earlier output. Returns false if some is left because the control connection is full. */
bool outputs_drain(void);
/* Pauses or resumes reading as the control connection allows, and frees closed pipes. Call it in each turn. */
void outputs_settle(void);

/* Output of processes, read from their pipes into frames. */
#pragma once

#include "die.h"

/* Relays a pipe under its process's name until the last writer has closed it. */
void output_open(int fd, uint8_t stream, const char *process);
/* Reads all that was written until now. False where the control connection is so full that some is left. */
bool outputs_drain(void);
/* Pauses and resumes reading as the control connection allows, and frees closed pipes. Call it in each turn. */
void outputs_settle(void);

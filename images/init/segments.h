/* Stands for the X-Ray daemon: passes datagrams on that a process sends to it. */
#pragma once

#include "die.h"

/* Receives at 127.0.0.1, unless a process has the port. */
void segments_open(uint16_t port);
/* Stops receiving while too much is queued. Call it in each turn. */
void segments_settle(void);

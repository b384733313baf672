/* Replaces the X-Ray daemon: passes processes' datagrams on to lambdock. */
#pragma once

#include "die.h"

/* Receives at 127.0.0.1, unless a process uses the port. */
void segments_open(uint16_t port);
/* Pauses while the queue is too full. Call it in each turn. */
void segments_settle(void);

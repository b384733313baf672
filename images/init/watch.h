/* Periodic checks: the memory limit, and whether a frozen sandbox stays stopped. */
#pragma once

#include "die.h"

/* Kills all processes once own memory exceeds this many bytes. 0: no limit. */
void watch_limit(uint64_t limit);
/* Runs due checks. Returns the milliseconds until the next one (-1: none). */
int watch_timeout(void);

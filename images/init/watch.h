/* What the init looks at by time: the memory limit, and whether a frozen sandbox stands still. */
#pragma once

#include "die.h"

/* Kills every process once own memory exceeds so many bytes; 0 ends that. */
void watch_limit(uint64_t limit);
/* Looks where that is due. Returns for how many milliseconds nothing is due (-1: without limit). */
int watch_timeout(void);

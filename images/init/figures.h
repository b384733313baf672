/* Answers with memory figures, behind all output that was written before. */
#pragma once

#include "die.h"

#define STAMP_MOST 128

/* Sends all output written before, then the figures under this id. False where some output is left: call it again. */
bool figures_send(uint32_t id, bool reset_peak);
/* Sends all output written before and writes a header with the number of frames queued so far and the figures.
   Returns its length; 0 where some output is left. */
size_t figures_stamp(char header[STAMP_MOST]);

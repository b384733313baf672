/* Sends memory figures after all earlier output. */
#pragma once

#include "die.h"

#define STAMP_MOST 128

/* Sends all earlier output, then the figures with this id. Returns false if some output is left: call it again. */
bool figures_send(uint32_t id, bool reset_peak);
/* Sends all earlier output. Writes a header with the figures and the number of frames queued so far. Returns its
   length, or 0 if some output is left. */
size_t figures_stamp(char header[STAMP_MOST]);

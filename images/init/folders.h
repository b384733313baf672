/* Folders of a sandbox: extensions, and those that a function can write to. */
#pragma once

#include "die.h"

/* Sends the names of the files in /opt/extensions, in name order, with their execute bits. */
void extensions_send(uint32_t id);
/* Deletes what a function may have left where it can write. False where something remains, and where the folders are not
   a sandbox's own: this is not PID 1 with a /tmp in memory. */
bool clean_folders(void);

/* Folders of a sandbox: extensions, and folders that a function can write to. */
#pragma once

#include "die.h"

/* Sends the names of the files in /opt/extensions in name order, with their execute bits. */
void extensions_send(uint32_t id);
/* Deletes everything that a function can have left in writable folders. Returns false if something remains, or if
   the folders may not be the sandbox's own: the init is not PID 1, or /tmp is not in memory. */
bool clean_folders(void);

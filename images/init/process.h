/* Processes of the sandbox: start, signal, freeze, kill, report. */
#pragma once

#include "die.h"

#define TELEMETRY_FD 62

struct start {
    const char *name, *folder;
    char **arguments, **environment;
    bool telemetry; /* descriptor 62 is a pipe, too */
    bool direct;    /* it writes to the pipes that were handed over */
};

/* False where it must be called again: processes that were killed for memory still hold some. */
bool process_start(const struct start *start);
/* Signals the living process of that name and its group; no effect without one. */
void process_signal(const char *name, int number);
/* Stops and continues everything in the sandbox but this program. */
void processes_freeze(void);
void processes_thaw(void);
bool processes_frozen(void);
/* Whether a process that was started is alive. */
bool processes_living(void);
/* Stops those that run although the sandbox is frozen; whether there were any. */
bool processes_stop_running(void);
/* Kills everything but this program. Call it until it returns true: nothing is left and all has been reported. */
bool processes_reset(void);
/* Kills everything. Each exit is reported once all have freed their memory; with out_of_memory it says so. */
void processes_kill(bool out_of_memory);
/* Kills everything and ends this program. */
_Noreturn void processes_quit(void);
/* Collects processes that have exited. */
void processes_reap(void);
/* Reports those that have exited, behind their output. Call it in each turn. False where that has to wait. */
bool processes_settle(void);

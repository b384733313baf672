/* Processes of the sandbox: starts, signals, freezes, kills and reports them. */
#pragma once

#include "die.h"

#define TELEMETRY_FD 62

struct start {
    const char *name, *folder;
    char **arguments, **environment;
    bool telemetry; /* descriptor 62 is a pipe, too */
    bool direct;    /* it writes to the handed-over pipes */
};

/* Returns false if killed processes still hold memory: call it again. */
bool process_start(const struct start *start);
/* Signals the running process with this name and its group. Does nothing if no such process runs. */
void process_signal(const char *name, int number);
/* Stops or continues all processes of the sandbox except the init. */
void processes_freeze(void);
void processes_thaw(void);
bool processes_frozen(void);
/* Whether a started process is running. */
bool processes_living(void);
/* Stops processes that run although the sandbox is frozen. Returns whether there were any. */
bool processes_stop_running(void);
/* Kills all processes except the init. Call it until it returns true: no process is left and all exits are reported. */
bool processes_reset(void);
/* Kills all processes. Reports their exits once all memory is freed; out_of_memory is part of the report. */
void processes_kill(bool out_of_memory);
/* Kills all processes and exits. */
_Noreturn void processes_quit(void);
/* Collects processes that have exited. */
void processes_reap(void);
/* Reports exits after the processes' output. Call it in each turn. Returns false if reports must wait. */
bool processes_settle(void);

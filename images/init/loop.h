/* One thread that waits for descriptors. */
#pragma once

#include <sys/epoll.h>

#include "die.h"

/* Within one turn descriptors are served in this order, whatever order the kernel reports them in. */
enum rank { RANK_CONTROL, RANK_OUTPUT, RANK_RELAY, RANK_SIGNAL, RANKS };

/* A descriptor that the loop watches. The object around it must not be freed before the turn is over. */
struct watched {
    int fd; /* -1 once closed: its remaining events of this turn are dropped */
    uint32_t wanted;
    enum rank rank;
    void (*ready)(void *owner, uint32_t events);
    void *owner;
};

void loop_open(void);
/* Changes the events waited for. 0 removes the descriptor, since the kernel reports hang-ups unasked. */
void loop_want(struct watched *watched, uint32_t events);
void loop_close(struct watched *watched);
/* Waits for events for up to timeout_ms milliseconds (-1: without limit) and serves them. */
void loop_turn(int timeout_ms);
/* Milliseconds of a clock that never goes back. */
int64_t clock_ms(void);

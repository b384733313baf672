/* A single-threaded event loop. */
#pragma once

#include <sys/epoll.h>

#include "die.h"

/* Order in which a turn serves descriptors, independent of the kernel's order. */
enum rank { RANK_CONTROL, RANK_OUTPUT, RANK_RELAY, RANK_SIGNAL, RANKS };

/* A descriptor that the loop watches. Do not free the enclosing object before the turn ends. */
struct watched {
    int fd; /* -1 once closed: the loop drops its remaining events of this turn */
    uint32_t wanted;
    enum rank rank;
    void (*ready)(void *owner, uint32_t events);
    void *owner;
};

void loop_open(void);
/* Changes the watched events. 0 removes the descriptor, since the kernel always reports hang-ups. */
void loop_want(struct watched *watched, uint32_t events);
void loop_close(struct watched *watched);
/* Waits up to timeout_ms milliseconds for events (-1: no limit) and serves them. */
void loop_turn(int timeout_ms);
/* Milliseconds of a monotonic clock. */
int64_t clock_ms(void);

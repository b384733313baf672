#include "loop.h"

#include <time.h>

static int epoll = -1;

void loop_open(void) { epoll = require(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"); }

void loop_want(struct watched *watched, uint32_t events) {
    if (watched->wanted == events || watched->fd < 0) return;
    int operation = watched->wanted == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    struct epoll_event event = {.events = events, .data.ptr = watched};
    require(epoll_ctl(epoll, operation, watched->fd, &event), "epoll_ctl");
    watched->wanted = events;
}

void loop_close(struct watched *watched) {
    if (watched->fd < 0) return;
    /* Closing is not enough: epoll watches open files, and a child between fork and exec still has this one. */
    loop_want(watched, 0);
    close(watched->fd);
    watched->fd = -1;
}

void loop_turn(int timeout_ms) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, sizeof events / sizeof *events, timeout_ms);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (enum rank rank = 0; rank < RANKS; rank++) {
        for (int i = 0; i < count; i++) {
            struct watched *watched = events[i].data.ptr;
            if (watched->rank == rank && watched->fd >= 0) watched->ready(watched->owner, events[i].events);
        }
    }
}

int64_t clock_ms(void) {
    struct timespec now;
    require(clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime");
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#include <stdio.h>

#include "init.h"

static int epoll = -1;

void loop_open(void) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) die("epoll_create1");
}

void loop_want(struct watched *watched, uint32_t events) {
    if (watched->wanted == events || watched->fd < 0) return;
    int operation = watched->wanted == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    struct epoll_event event = {.events = events, .data.ptr = watched};
    if (epoll_ctl(epoll, operation, watched->fd, &event) < 0) die("epoll_ctl");
    watched->wanted = events;
}

void loop_close(struct watched *watched) {
    if (watched->fd < 0) return;
    /* Closing is not enough: a child between fork and exec still holds the file, and epoll looks at files. */
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

void die(const char *what) {
    dprintf(STDERR_FILENO, "lambdock init: %s: %s\n", what, strerror(errno));
    exit(1);
}

void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) die("memory");
    return memory;
}

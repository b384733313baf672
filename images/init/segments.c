#include "segments.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "control.h"
#include "protocol.h"

/* Largest UDP datagram, which is also the limit of X-Ray's daemon. */
#define DATAGRAM_MOST 65536
/* Limit per turn, so that a process that floods the port does not delay others. */
#define DATAGRAMS_MOST 16

static struct watched datagrams = {.fd = -1, .rank = RANK_OUTPUT};

static void datagrams_ready(void *owner, uint32_t events) {
    (void)owner;
    (void)events;
    for (int count = 0; count < DATAGRAMS_MOST && !control_full(); count++) {
        uint8_t *content = control_room(0, DATAGRAM_MOST);
        ssize_t size = recv(datagrams.fd, content, DATAGRAM_MOST, 0);
        if (size < 0) return;
        send_segment(content, (size_t)size);
    }
}

void segments_open(uint16_t port) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* Traces are optional. Without the port, the sandbox runs without them. */
    if (fd >= 0 && bind(fd, (struct sockaddr *)&place, sizeof place) < 0) {
        close(fd);
        return;
    }
    datagrams.fd = fd;
    datagrams.ready = datagrams_ready;
}

void segments_settle(void) { loop_want(&datagrams, control_full() ? 0 : EPOLLIN); }

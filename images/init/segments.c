#include "segments.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "control.h"
#include "protocol.h"

/* The longest that UDP carries, which is also the longest that X-Ray's daemon takes. */
#define DATAGRAM_MOST 65536
/* Of a turn, so that a process that floods the port does not hold up others. */
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
    /* Traces are a convenience: without the port there are none, and all else goes on. */
    if (fd >= 0 && bind(fd, (struct sockaddr *)&place, sizeof place) < 0) {
        close(fd);
        return;
    }
    datagrams.fd = fd;
    datagrams.ready = datagrams_ready;
}

void segments_settle(void) { loop_want(&datagrams, control_full() ? 0 : EPOLLIN); }

#include "control.h"

#include <sys/socket.h>

#define QUEUE_MOST (1024 * 1024)
#define COMMANDS_MOST (4 * 1024 * 1024)
#define READ_SIZE 65536

static struct watched control = {.fd = -1, .rank = RANK_CONTROL};
static struct control_callbacks callback;
static struct buffer incoming, outgoing;
static size_t frame_before; /* bytes in the queue before the current frame */
static uint32_t frame_count;

struct buffer *control_frame(char type) {
    frame_before = buffer_size(&outgoing);
    put_number(&outgoing, (uint8_t)type, 1);
    put_number(&outgoing, 0, 4);
    return &outgoing;
}

void control_frame_end(void) {
    size_t size = buffer_size(&outgoing) - frame_before;
    outgoing.end -= size - 1;
    put_number(&outgoing, size - FRAME_HEADER, 4);
    outgoing.end += size - FRAME_HEADER;
    frame_count++;
}

uint8_t *control_room(size_t prefix, size_t size) {
    return buffer_room(&outgoing, FRAME_HEADER + prefix + size) + FRAME_HEADER + prefix;
}

void control_put(const void *bytes, size_t size) { put_bytes(&outgoing, bytes, size); }

uint32_t control_frame_count(void) { return frame_count; }

bool control_full(void) { return buffer_size(&outgoing) > QUEUE_MOST; }

void control_flush(void) {
    while (buffer_size(&outgoing) > 0) {
        ssize_t sent = send(control.fd, outgoing.data + outgoing.start, buffer_size(&outgoing), MSG_NOSIGNAL);
        if (sent >= 0) buffer_consume(&outgoing, (size_t)sent);
        else if (errno == EAGAIN) break;
        else if (errno != EINTR) callback.lost();
    }
    loop_want(&control, buffer_size(&outgoing) > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

bool control_serve(void) {
    char type;
    struct payload payload;
    while (frame_first(&incoming, &type, &payload)) {
        size_t size = (size_t)(payload.end - payload.at) + FRAME_HEADER;
        if (!callback.handle(type, &payload)) return true;
        buffer_consume(&incoming, size);
    }
    return false;
}

static void control_ready(void *owner, uint32_t events) {
    (void)owner;
    if (events == EPOLLOUT) return; /* each turn ends with a flush */
    ssize_t size = read(control.fd, buffer_room(&incoming, READ_SIZE), READ_SIZE);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) callback.lost();
    if (size < 0) return;
    incoming.end += (size_t)size;
    errno = EMSGSIZE;
    if (buffer_size(&incoming) > COMMANDS_MOST) die("commands");
    control_serve();
}

void control_open(int fd, struct control_callbacks callbacks) {
    callback = callbacks;
    control.ready = control_ready;
    control.fd = fd;
}

void control_start(void) { loop_want(&control, EPOLLIN); }

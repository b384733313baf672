#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>

#include "init.h"

#define HEADER 5
#define QUEUE_MOST (1024 * 1024)
#define COMMANDS_MOST (4 * 1024 * 1024)
#define READ_SIZE 65536

struct buffer {
    uint8_t *data;
    size_t start, end, capacity;
};

static struct watched control = {.fd = -1, .rank = RANK_CONTROL};
static struct buffer incoming, outgoing;
static uint32_t told;

static uint8_t *room(struct buffer *buffer, size_t size) {
    if (buffer->capacity - buffer->end < size && buffer->start > 0) {
        memmove(buffer->data, buffer->data + buffer->start, buffer->end - buffer->start);
        buffer->end -= buffer->start;
        buffer->start = 0;
    }
    if (buffer->capacity - buffer->end < size) {
        buffer->capacity = 2 * buffer->capacity > buffer->end + size ? 2 * buffer->capacity : buffer->end + size;
        buffer->data = realloc(buffer->data, buffer->capacity);
        if (buffer->data == NULL) die("memory for frames");
    }
    return buffer->data + buffer->end;
}

static void consume(struct buffer *buffer, size_t size) {
    buffer->start += size;
    if (buffer->start < buffer->end) return;
    buffer->start = buffer->end = 0;
    if (buffer->capacity <= 4 * READ_SIZE) return;
    /* Our memory counts as the function's, so what a burst took is given back. */
    free(buffer->data);
    *buffer = (struct buffer){0};
}

static void put(const void *bytes, size_t size) {
    memcpy(room(&outgoing, size), bytes, size);
    outgoing.end += size;
}

static void put_number(uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) put(&(uint8_t){(uint8_t)(value >> 8 * i)}, 1);
}

/* Writes the length into the header of the frame that is the last so many bytes of the queue. */
static void seal(size_t size) {
    outgoing.end -= size - 1;
    put_number(size - HEADER, 4);
    outgoing.end += size - HEADER;
    told++;
}

uint32_t control_told(void) { return told; }

void frame_send(char type, const char *fields, ...) {
    size_t before = outgoing.end - outgoing.start;
    va_list values;
    va_start(values, fields);
    put((uint8_t[HEADER]){(uint8_t)type}, HEADER);
    for (; *fields != '\0'; fields++) {
        if (*fields == 's') {
            const char *text = va_arg(values, const char *);
            put(text, strlen(text) + 1);
        } else if (*fields == 'b') {
            const void *bytes = va_arg(values, const void *);
            put(bytes, va_arg(values, size_t));
        } else {
            put_number(*fields == '8' ? va_arg(values, uint64_t) : va_arg(values, unsigned), *fields - '0');
        }
    }
    va_end(values);
    seal(outgoing.end - outgoing.start - before);
}

ssize_t frame_read(int fd, size_t most, uint8_t stream, const char *name) {
    size_t size = HEADER + 1 + strlen(name) + 1;
    ssize_t got = read(fd, room(&outgoing, size + most) + size, most);
    if (got <= 0) return got;
    put((uint8_t[HEADER + 1]){'O', 0, 0, 0, 0, stream}, HEADER + 1);
    put(name, strlen(name) + 1);
    outgoing.end += (size_t)got;
    seal(size + (size_t)got);
    return got;
}

bool control_full(void) { return outgoing.end - outgoing.start > QUEUE_MOST; }

void control_flush(void) {
    while (outgoing.start < outgoing.end) {
        ssize_t sent = send(control.fd, outgoing.data + outgoing.start, outgoing.end - outgoing.start, MSG_NOSIGNAL);
        if (sent >= 0) consume(&outgoing, (size_t)sent);
        else if (errno == EAGAIN) break;
        else if (errno != EINTR) processes_quit(); /* the emulator is gone */
    }
    loop_want(&control, outgoing.start < outgoing.end ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void control_ready(void *owner, uint32_t events) {
    (void)owner;
    if (events == EPOLLOUT) return; /* each turn ends with a flush */
    ssize_t size = read(control.fd, room(&incoming, READ_SIZE), READ_SIZE);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) processes_quit();
    if (size < 0) return;
    incoming.end += (size_t)size;
    errno = EMSGSIZE;
    if (incoming.end - incoming.start > COMMANDS_MOST) die("commands");
    control_serve();
}

void control_open(void) {
    int failure = 0;
    control.ready = control_ready;
    control.fd = emulator_connect();
    if (control.fd < 0 || poll(&(struct pollfd){.fd = control.fd, .events = POLLOUT}, 1, -1) < 0 ||
        getsockopt(control.fd, SOL_SOCKET, SO_ERROR, &failure, &(socklen_t){sizeof failure}) < 0)
        failure = errno;
    errno = failure;
    if (failure != 0) die("cannot connect to the emulator");
    char line[GREETING_MOST];
    put(line, emulator_greeting(line, "control"));
    loop_want(&control, EPOLLIN);
}

static uint8_t *take_bytes(struct payload *payload, size_t size) {
    errno = EBADMSG;
    if ((size_t)(payload->end - payload->at) < size) die("a command is cut short");
    payload->at += size;
    return payload->at - size;
}

uint64_t take(struct payload *payload, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | *take_bytes(payload, 1);
    return value;
}

char *take_text(struct payload *payload) {
    size_t most = (size_t)(payload->end - payload->at);
    return (char *)take_bytes(payload, strnlen((char *)payload->at, most) + 1); /* without its zero it is cut short */
}

bool control_serve(void) {
    while (incoming.end - incoming.start >= HEADER) {
        uint8_t *frame = incoming.data + incoming.start;
        struct payload payload = {frame + 1, frame + HEADER};
        size_t length = take(&payload, 4);
        if (length > incoming.end - incoming.start - HEADER) return false;
        payload.end += length;
        if (!command_run((char)frame[0], &payload)) return true;
        consume(&incoming, HEADER + length);
    }
    return false;
}

#include "relay.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

#include "control.h"
#include "emulator.h"
#include "figures.h"
#include "protocol.h"

#define READ_SIZE (256 * 1024)
/* Each relay takes two of a sandbox's 1,024 descriptors. */
#define RELAYS_MOST 400

/* One of a relay's two connections. */
struct side {
    struct watched watched;
    struct relay *relay;
    struct side *other;
    bool connecting, ended; /* ended: nothing more is read from it */
    uint8_t *unsent; /* pending bytes; until they are written, the other side is not read */
    size_t unsent_from, unsent_to;
};

struct relay {
    struct relay *next;
    bool closed, dialling; /* dialling: lambdock still waits for this connection */
    bool begins;           /* the next bytes from the function are the start of a request, not part of a body */
    uint32_t dial;
    struct side inside, outside;
};

static struct watched listener = {.fd = -1, .rank = RANK_RELAY};
static struct relay *relays;
static int relay_count;
static bool accepting;

static void relay_close(struct relay *relay, int reason) {
    loop_close(&relay->inside.watched);
    loop_close(&relay->outside.watched);
    relay->closed = true;
    relay_count--;
    if (accepting) loop_want(&listener, EPOLLIN); /* it may have been paused because descriptors ran out */
    if (relay->dialling) send_dial_failed(relay->dial, (uint32_t)reason);
}

static bool has_unsent(const struct side *side) { return side->unsent_from < side->unsent_to; }

static void keep_unsent(struct side *side, const void *bytes, size_t size) {
    side->unsent = allocate(size);
    memcpy(side->unsent, bytes, size);
    side->unsent_from = 0;
    side->unsent_to = size;
}

/* Writes as many bytes as it can without blocking and returns their number. A failure ends the other side. */
static size_t write_some(struct side *side, const uint8_t *bytes, size_t size) {
    size_t written = 0;
    while (written < size) {
        ssize_t sent = send(side->watched.fd, bytes + written, size - written, MSG_NOSIGNAL);
        if (sent >= 0) {
            written += (size_t)sent;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            side->other->ended = true;
            return size;
        }
    }
    return written;
}

/* Passes on the other side's end once all its bytes are written. */
static void pass_end(struct side *side) {
    if (!side->other->ended || has_unsent(side)) return;
    shutdown(side->watched.fd, SHUT_WR);
    if (side->ended && !has_unsent(side->other)) relay_close(side->relay, 0);
}

/* Adds the figures to a runtime's poll for its next event, in a header after the first line. Sends the last
   invocation's output before, so that lambdock need not ask. Returns the number of added bytes. */
static size_t stamp(uint8_t *bytes, size_t size) {
    static const char poll[] = "GET /2018-06-01/runtime/invocation/next ";
    if (size < sizeof poll || memcmp(bytes, poll, sizeof poll - 1) != 0) return 0;
    char header[STAMP_MOST];
    uint8_t *line_end = memchr(bytes, '\n', size);
    size_t length = line_end == NULL ? 0 : figures_stamp(header);
    if (length == 0) return 0;
    uint8_t *rest = line_end + 1;
    memmove(rest + length, rest, size - (size_t)(rest - bytes));
    memcpy(rest, header, length);
    return length;
}

static void read_side(struct side *side) {
    static uint8_t bytes[READ_SIZE + STAMP_MOST];
    ssize_t size = read(side->watched.fd, bytes, READ_SIZE);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size > 0) {
        if (side == &side->relay->inside) {
            if (side->relay->begins) size += (ssize_t)stamp(bytes, (size_t)size);
            side->relay->begins = false;
            /* A turn reads output before connections, so output printed before these bytes is in the queue. */
            control_flush();
        } else {
            /* A request follows a response. After `100 Continue`, the body of the same request follows. */
            static const char go_on[] = "HTTP/1.1 100 ";
            bool is_answer = size < (ssize_t)sizeof go_on || memcmp(bytes, go_on, sizeof go_on - 1) != 0;
            side->relay->begins = side->relay->dial == 0 && is_answer;
        }
        size_t written = write_some(side->other, bytes, (size_t)size);
        if (written < (size_t)size) keep_unsent(side->other, bytes + written, (size_t)size - written);
    } else {
        side->ended = true;
        if (size < 0) {
            side->other->ended = true; /* reset: writes would fail, too */
            side->unsent_to = side->unsent_from;
        }
    }
    pass_end(side->other);
}

static void write_side(struct side *side) {
    side->unsent_from += write_some(side, side->unsent + side->unsent_from, side->unsent_to - side->unsent_from);
    if (has_unsent(side)) return;
    free(side->unsent);
    side->unsent = NULL;
    pass_end(side);
}

static void update(struct side *side) {
    bool readable = !side->ended && !side->connecting && !side->other->connecting && !has_unsent(side->other);
    bool writable = side->connecting || has_unsent(side);
    loop_want(&side->watched, (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0));
}

static void connect_outside(struct relay *relay, const char *kind) {
    char line[GREETING_MOST];
    relay->outside.watched.fd = emulator_connect();
    if (relay->outside.watched.fd < 0) relay_close(relay, errno);
    else keep_unsent(&relay->outside, line, emulator_greeting(line, kind));
}

static void connected(struct side *side) {
    struct relay *relay = side->relay;
    int failure = 0;
    getsockopt(side->watched.fd, SOL_SOCKET, SO_ERROR, &failure, &(socklen_t){sizeof failure});
    side->connecting = false;
    if (failure != 0) {
        relay_close(relay, failure);
    } else if (side == &relay->outside) {
        relay->dialling = false;
    } else {
        char kind[32];
        snprintf(kind, sizeof kind, "dial %u", relay->dial);
        connect_outside(relay, kind);
    }
}

static void side_ready(void *owner, uint32_t events) {
    struct side *side = owner;
    struct relay *relay = side->relay;
    bool reading = side->watched.wanted & EPOLLIN && events & ~(uint32_t)EPOLLOUT;
    if (side->connecting) connected(side);
    if (!relay->closed && has_unsent(side)) write_side(side);
    if (!relay->closed && reading && !side->ended) read_side(side);
    if (relay->closed) return;
    update(side);
    update(side->other);
}

/* Creates a relay with its inner connection. The outer one is made later. */
static struct relay *relay_add(int fd, bool connecting) {
    struct relay *relay = allocate(sizeof *relay);
    struct watched watched = {.fd = fd, .rank = RANK_RELAY, .ready = side_ready, .owner = &relay->inside};
    relay->inside = (struct side){.watched = watched, .relay = relay, .other = &relay->outside, .connecting = connecting};
    watched.fd = -1;
    watched.owner = &relay->outside;
    relay->outside = (struct side){.watched = watched, .relay = relay, .other = &relay->inside, .connecting = true};
    relay->next = relays;
    relay_count++;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return relays = relay;
}

static void accept_ready(void *owner, uint32_t events) {
    (void)owner;
    (void)events;
    int fd = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
        if (relay_count == 0) die("accept");
        loop_want(&listener, 0); /* paused until a relay closes */
    }
    if (fd < 0) return;
    struct relay *relay = relay_add(fd, false);
    relay->begins = true;
    connect_outside(relay, "relay");
    if (relay->closed) return;
    update(&relay->outside);
    if (relay_count == RELAYS_MOST) loop_want(&listener, 0);
}

static struct sockaddr_in loopback(uint16_t port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int relay_listen(uint16_t port) {
    struct sockaddr_in address = loopback(port);
    listener.ready = accept_ready;
    listener.fd = require(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    require(bind(listener.fd, (struct sockaddr *)&address, sizeof address), "cannot listen for the function");
    return require(listen(listener.fd, 1024), "cannot listen for the function") == 0 ? listener.fd : -1;
}

void relay_accept(void) {
    accepting = true;
    loop_want(&listener, EPOLLIN);
}

void relay_dial(uint32_t id, uint16_t port) {
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), reason = 0;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) reason = errno;
    struct relay *relay = relay_add(fd, true);
    relay->dialling = true;
    relay->dial = id;
    if (reason != 0 && reason != EINPROGRESS) relay_close(relay, reason);
    else update(&relay->inside);
}

void relay_drop_all(void) {
    for (struct relay *each = relays; each != NULL; each = each->next)
        if (!each->closed) relay_close(each, ECONNRESET);
    for (int fd; (fd = accept4(listener.fd, NULL, NULL, SOCK_CLOEXEC)) >= 0;) close(fd);
}

void relay_settle(void) {
    for (struct relay **link = &relays; *link != NULL;) {
        struct relay *each = *link;
        if (!each->closed) {
            link = &each->next;
            continue;
        }
        *link = each->next;
        free(each->inside.unsent);
        free(each->outside.unsent);
        free(each);
    }
}

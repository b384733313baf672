#include "receiver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "descriptors.h"
#include "emulator.h"
#include "handover.h"

/* Limit of callers that have sent nothing yet. Beyond it the oldest is closed. */
#define CALLERS_MOST 32
/* Node.js acknowledges each descriptor. If it does not within this time, its channel is not as expected. */
#define ACKNOWLEDGED_MS 1000
/* Replaces an init's token. */
#define TRIAL_TOKEN "trial"

static int channel, listener, callers[CALLERS_MOST], caller_count;

/* A function can send anything to the socket, so the receiver passes on only a listening IPv4 socket and pipes. */
static bool are_expected(const int fds[HANDED_OVER]) {
    int listening = 0, domain = 0;
    getsockopt(fds[0], SOL_SOCKET, SO_ACCEPTCONN, &listening, &(socklen_t){sizeof listening});
    getsockopt(fds[0], SOL_SOCKET, SO_DOMAIN, &domain, &(socklen_t){sizeof domain});
    if (!listening || domain != AF_INET) return false;
    for (int i = 1; i < HANDED_OVER; i++) {
        struct stat what;
        if (fstat(fds[i], &what) < 0 || !S_ISFIFO(what.st_mode)) return false;
    }
    return true;
}

static bool is_token(const char *text, ssize_t size) {
    return size == TOKEN_SIZE && strspn(text, "0123456789abcdef") == TOKEN_SIZE;
}

/* Waits until Node.js acknowledges the descriptor. Its messages are lines; it sends no others. */
static bool is_acknowledged(void) {
    char line[64] = "";
    for (size_t at = 0; at == 0 || line[at - 1] != '\n';) {
        struct pollfd answered = {.fd = channel, .events = POLLIN};
        if (at == sizeof line - 1) at = 0;
        int ready = poll(&answered, 1, ACKNOWLEDGED_MS);
        if (ready == 0) return false;
        ssize_t size = ready < 0 ? -1 : read(channel, &line[at], 1);
        if (size == 0) exit(0); /* lambdock has ended */
        if (size == 1) at++;
    }
    return strstr(line, "NODE_HANDLE_ACK") != NULL;
}

/* Writes messages of child_process's channel with JSON serialization, which Node.js does not document. */
static bool pass_on(const char *token, const int fds[HANDED_OVER]) {
    for (int i = 0; i < HANDED_OVER; i++) {
        char line[128];
        int length = snprintf(line, sizeof line, "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.%s\",\"msg\":\"%s %d\"}\n",
                              i == 0 ? "Server" : "Socket", token, i);
        if (!descriptors_send(channel, line, (size_t)length, &fds[i], 1)) exit(0);
        if (!is_acknowledged()) return false;
    }
    return true;
}

static void forget(int caller) {
    close(callers[caller]);
    memmove(&callers[caller], &callers[caller + 1], (size_t)(--caller_count - caller) * sizeof(int));
}

static void serve(int caller) {
    char token[TOKEN_SIZE + 1] = "";
    int fds[HANDED_OVER];
    ssize_t size = descriptors_receive(callers[caller], token, TOKEN_SIZE, fds, HANDED_OVER);
    if (size >= 0) {
        if (is_token(token, size) && are_expected(fds) && pass_on(token, fds))
            (void)!send(callers[caller], &(char){HANDOVER_TAKEN}, 1, MSG_NOSIGNAL);
        for (int i = 0; i < HANDED_OVER; i++) close(fds[i]);
    }
    forget(caller);
}

static void listen_at(const char *path) {
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    errno = ENAMETOOLONG;
    if (strlen(path) >= sizeof place.sun_path) die(path);
    strcpy(place.sun_path, path);
    listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    unlink(path);
    if (bind(listener, (struct sockaddr *)&place, sizeof place) < 0 || listen(listener, 128) < 0) die(path);
    require(chmod(path, 0666), path); /* sandboxes have another user */
}

/* Passes on its own socket and pipes first, so that lambdock sees whether its Node.js accepts descriptors this way. */
static void try_channel(void) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fds[HANDED_OVER], ends[2 * OUTPUT_STREAMS];
    fds[0] = require(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    require(bind(fds[0], (struct sockaddr *)&any, sizeof any), "bind");
    require(listen(fds[0], 1), "listen");
    for (int i = 0; i < OUTPUT_STREAMS; i++) {
        require(pipe2(&ends[2 * i], O_CLOEXEC), "pipe");
        fds[1 + i] = ends[2 * i];
    }
    if (!pass_on(TRIAL_TOKEN, fds)) die("Node.js does not take descriptors");
    close(fds[0]);
    for (int i = 0; i < 2 * OUTPUT_STREAMS; i++) close(ends[i]);
}

_Noreturn void receiver_run(const char *path) {
    const char *number = getenv("NODE_CHANNEL_FD");
    errno = EINVAL;
    if (number == NULL) die("a receiver must be a child process of Node.js with a channel");
    channel = atoi(number);
    signal(SIGINT, SIG_IGN); /* a terminal also sends it to lambdock, which ends this program when it exits */
    signal(SIGPIPE, SIG_IGN);
    listen_at(path);
    static const char ready[] = "\"ready\"\n";
    if (write(channel, ready, sizeof ready - 1) < 0) exit(0);
    try_channel();
    for (;;) {
        struct pollfd waited[2 + CALLERS_MOST] = {{.fd = channel, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
        int waiting = caller_count;
        for (int i = 0; i < waiting; i++) waited[2 + i] = (struct pollfd){.fd = callers[i], .events = POLLIN};
        if (poll(waited, (nfds_t)(2 + waiting), -1) < 0) continue;
        if (waited[0].revents != 0) exit(0); /* the only unrequested event is the end of the channel */
        for (int i = waiting - 1; i >= 0; i--)
            if (waited[2 + i].revents != 0) serve(i);
        if (waited[1].revents == 0) continue;
        int caller = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (caller < 0) continue;
        if (caller_count == CALLERS_MOST) forget(0);
        callers[caller_count++] = caller;
    }
}

/* The other side of a handover, beside the emulator: takes descriptors from inits and passes them on, over the channel
   that Node has with a child process. Node takes descriptors from nobody else. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "init.h"

/* Callers of whom nothing has come yet. One more than these, and the first of them has waited long enough. */
#define CALLERS_MOST 32

static int channel, listener, callers[CALLERS_MOST], caller_count;

/* Whoever may write to the socket may send anything: only a listening IPv4 socket and pipes are passed on. */
static bool is_what_it_should_be(const int fds[HANDED_OVER]) {
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

/* Waits for Node's word on the descriptor that was sent; false where it had no room for it. Its messages are lines, and
   there are no others than these. */
static bool is_acknowledged(void) {
    char line[64] = "";
    for (size_t at = 0; at == 0 || line[at - 1] != '\n';) {
        struct pollfd answered = {.fd = channel, .events = POLLIN};
        if (at == sizeof line - 1) at = 0;
        if (poll(&answered, 1, -1) != 1) continue;
        ssize_t size = read(channel, &line[at], 1);
        if (size == 0) exit(0); /* the emulator is gone */
        if (size == 1) at++;
    }
    return strstr(line, "NODE_HANDLE_ACK") != NULL;
}

/* The messages of child_process's channel with its JSON serialization. */
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
        if (is_token(token, size) && is_what_it_should_be(fds) && pass_on(token, fds))
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
    chmod(path, 0666); /* a sandbox's user is not ours */
}

_Noreturn void receiver_run(const char *path) {
    const char *number = getenv("NODE_CHANNEL_FD");
    errno = EINVAL;
    if (number == NULL) die("a receiver is a child process of Node with a channel");
    channel = atoi(number);
    signal(SIGINT, SIG_IGN); /* a terminal's goes to the emulator too, which ends us when it is done */
    signal(SIGPIPE, SIG_IGN);
    listen_at(path);
    static const char ready[] = "\"ready\"\n";
    if (write(channel, ready, sizeof ready - 1) < 0) exit(0);
    for (;;) {
        struct pollfd waited[2 + CALLERS_MOST] = {{.fd = channel, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
        int waiting = caller_count;
        for (int i = 0; i < waiting; i++) waited[2 + i] = (struct pollfd){.fd = callers[i], .events = POLLIN};
        if (poll(waited, (nfds_t)(2 + waiting), -1) < 0) continue;
        if (waited[0].revents != 0) exit(0); /* nothing comes on it unasked but its end */
        for (int i = waiting - 1; i >= 0; i--)
            if (waited[2 + i].revents != 0) serve(i);
        if (waited[1].revents == 0) continue;
        int caller = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (caller < 0) continue;
        if (caller_count == CALLERS_MOST) forget(0);
        callers[caller_count++] = caller;
    }
}

#include "handover.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "descriptors.h"

/* Without a response within this time the init relays. lambdock then makes no more offers, so this wait occurs once. */
#define ANSWER_MS 1000
/* Size of a new pipe. */
#define PIPE_SIZE 65536

static int ends[OUTPUT_STREAMS] = {-1, -1, -1};
static bool handed;

bool handed_over(void) { return handed; }

/* A killed process may have changed the flags, which belong to the pipe. A failure to reset the size is harmless. */
int handed_end(int stream) {
    require(fcntl(ends[stream], F_SETFL, O_WRONLY), "flags of a pipe");
    fcntl(ends[stream], F_SETPIPE_SZ, PIPE_SIZE);
    return ends[stream];
}

static int receiver_connect(const char *path) {
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof place.sun_path) return -1;
    strcpy(place.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&place, sizeof place) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* Sends the descriptors with the token. Returns true once the receiver confirms that lambdock has them. */
static bool offer(const char *path, const char *token, const int fds[HANDED_OVER]) {
    int receiver = receiver_connect(path);
    if (receiver < 0) return false;
    char answer = 0;
    struct pollfd answered = {.fd = receiver, .events = POLLIN};
    bool taken = descriptors_send(receiver, token, strlen(token), fds, HANDED_OVER) &&
                 poll(&answered, 1, ANSWER_MS) == 1 && read(receiver, &answer, 1) == 1 && answer == HANDOVER_TAKEN;
    close(receiver);
    return taken;
}

void handover_offer(const char *path, const char *token, int listener) {
    int reading[OUTPUT_STREAMS], offered[HANDED_OVER] = {listener}, made = 0;
    for (; made < OUTPUT_STREAMS; made++) {
        int pair[2];
        if (pipe2(pair, O_CLOEXEC) < 0) break;
        require(fcntl(pair[0], F_SETFL, O_NONBLOCK), "flags of a pipe"); /* the other end has its own flags */
        offered[1 + made] = reading[made] = pair[0];
        ends[made] = pair[1];
    }
    handed = made == OUTPUT_STREAMS && offer(path, token, offered);
    for (int i = 0; i < made; i++) {
        close(reading[i]);
        if (handed) continue;
        close(ends[i]);
        ends[i] = -1;
    }
}

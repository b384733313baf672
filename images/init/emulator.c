#include "emulator.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/un.h>

static struct sockaddr_storage place;
static socklen_t place_size;
static char secret[256];
static char receiver[sizeof ((struct sockaddr_un *)0)->sun_path + 32], token[TOKEN_SIZE + 1];

static _Noreturn void refuse(void) {
    errno = EINVAL;
    die("the address must be unix:PATH[:TOKEN] or tcp:HOST:PORT:SECRET");
}

static void tcp_address(const char *text) {
    char host[300];
    if (strlen(text) >= sizeof host) refuse();
    strcpy(host, text);
    /* Searches from the right, since IPv6 addresses contain colons. */
    char *last = strrchr(host, ':');
    if (last == NULL || last[1] == '\0' || strlen(last + 1) >= sizeof secret) refuse();
    strcpy(secret, last + 1);
    *last = '\0';
    char *port = strrchr(host, ':');
    if (port == NULL) refuse();
    *port = '\0';
    /* lambdock listens on IPv4 if it can, but a name such as localhost or host.docker.internal may resolve to an
       IPv6 address first. */
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    int failure = getaddrinfo(host, port + 1, &hints, &found);
    if (failure != 0) {
        hints.ai_family = AF_UNSPEC;
        failure = getaddrinfo(host, port + 1, &hints, &found);
    }
    if (failure != 0) die(failure == EAI_SYSTEM ? host : gai_strerror(failure));
    memcpy(&place, found->ai_addr, found->ai_addrlen);
    place_size = found->ai_addrlen;
    freeaddrinfo(found);
}

static void unix_address(const char *text) {
    struct sockaddr_un *local = (struct sockaddr_un *)&place;
    const char *colon = strrchr(text, ':');
    size_t length = colon == NULL ? strlen(text) : (size_t)(colon - text);
    if (length >= sizeof local->sun_path || (colon != NULL && strlen(colon + 1) != TOKEN_SIZE)) refuse();
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, text, length);
    place_size = sizeof *local;
    if (colon == NULL) return;
    strcpy(token, colon + 1);
    const char *name = strrchr(local->sun_path, '/');
    int folder = name == NULL ? 0 : (int)(name + 1 - local->sun_path);
    snprintf(receiver, sizeof receiver, "%.*sreceiver.sock", folder, local->sun_path);
}

void emulator_address(const char *address) {
    if (strncmp(address, "tcp:", 4) == 0) tcp_address(address + 4);
    else if (strncmp(address, "unix:", 5) == 0) unix_address(address + 5);
    else refuse();
}

const char *emulator_token(void) { return token; }

const char *emulator_receiver(void) { return receiver; }

size_t emulator_greeting(char line[GREETING_MOST], const char *kind) {
    return (size_t)snprintf(line, GREETING_MOST, "%s%s%s\n", secret, secret[0] == '\0' ? "" : " ", kind);
}

int emulator_connect(void) {
    int fd = socket(place.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    /* Unlike TCP's, a Unix socket's buffer does not grow automatically. A large one is faster for 6 MB bodies. */
    if (place.ss_family == AF_UNIX) setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){256 * 1024}, sizeof(int));
    else setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(fd, (struct sockaddr *)&place, place_size) == 0 || errno == EINPROGRESS) return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

int emulator_connected(void) {
    int fd = emulator_connect(), failure = 0;
    if (fd < 0 || poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &(socklen_t){sizeof failure}) < 0)
        failure = errno;
    errno = failure;
    if (failure != 0) die("cannot connect to the emulator");
    return fd;
}

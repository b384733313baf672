/* PID 1 of a sandbox: starts what the emulator tells it to, tells what becomes of it, and relays the function's
   connections. PROTOCOL.md says how the two speak. */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "init.h"

#define PROTOCOL_VERSION 1
#define RELAY_PORT 9001
#define TELEMETRY_FD 62

static struct watched signals = {.fd = -1, .rank = RANK_SIGNAL};

static void signals_ready(void *owner, uint32_t events) {
    (void)owner;
    (void)events;
    struct signalfd_siginfo info;
    while (read(signals.fd, &info, sizeof info) == sizeof info) {
        /* An engine's signal comes from outside the PID namespace, where the kernel names no sender. One from inside
           is of the function, which has no right to end us. */
        bool from_outside = info.ssi_code == SI_USER && info.ssi_pid == 0;
        if (info.ssi_signo == SIGTERM && (from_outside || getpid() != 1)) processes_quit();
    }
    processes_reap();
}

static void signals_open(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    struct sigaction children = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP}; /* a freeze is no news */
    sigaction(SIGCHLD, &children, NULL);
    signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals.fd < 0) die("signalfd");
    signals.ready = signals_ready;
    loop_want(&signals, EPOLLIN);
}

/* Standard input is empty for us and those whom we start; whatever else we were given is not passed on to them. The
   number of the telemetry pipe is taken, so that no descriptor of ours can be in its place. */
static void descriptors_open(void) {
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, TELEMETRY_FD) < 0) die("/dev/null");
    for (int fd = STDERR_FILENO + 1; fd < 1024; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int main(int count, char **arguments) {
    errno = EINVAL;
    if (count < 2 || count > 3) die("usage: init ADDRESS [PORT], or init receive PATH");
    if (count == 3 && strcmp(arguments[1], "receive") == 0) receiver_run(arguments[2]);
    prctl(PR_SET_DUMPABLE, 0);
    descriptors_open();
    loop_open();
    signals_open();
    emulator_address(arguments[1]);
    memset(arguments[1], 0, strlen(arguments[1])); /* anyone inside may read our command line; the secret is not theirs */
    relay_open(count > 2 ? (uint16_t)strtoul(arguments[2], NULL, 10) : RELAY_PORT);
    control_open();
    frame_send('H', "1141", PROTOCOL_VERSION, (unsigned)memory_open(), (unsigned)getpid(), (unsigned)handed_over());
    for (bool unfinished = false;;) {
        control_flush();
        outputs_settle();
        relay_settle();
        int timeout = memory_timeout();
        loop_turn(unfinished && timeout != 0 ? 1 : timeout);
        bool told = processes_settle();
        unfinished = control_serve() || !told;
    }
}

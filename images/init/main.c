/* PID 1 of a sandbox: runs lambdock's commands, starts processes, reports their events, and relays the function's
   connections. PROTOCOL.md describes the protocol. */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "cgroup.h"
#include "commands.h"
#include "control.h"
#include "emulator.h"
#include "handover.h"
#include "output.h"
#include "process.h"
#include "protocol.h"
#include "receiver.h"
#include "relay.h"
#include "segments.h"
#include "watch.h"

#define RELAY_PORT 9001
#define SEGMENTS_PORT 2000

static struct watched signals = {.fd = -1, .rank = RANK_SIGNAL};

static void signals_ready(void *owner, uint32_t events) {
    (void)owner;
    (void)events;
    struct signalfd_siginfo info;
    while (read(signals.fd, &info, sizeof info) == sizeof info) {
        /* A signal from outside the PID namespace has no sender. A signal from inside is from the function, which
           must not be able to end the init. */
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
    require(sigprocmask(SIG_BLOCK, &set, NULL), "sigprocmask");
    signal(SIGPIPE, SIG_IGN);
    struct sigaction children = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP}; /* no SIGCHLD for freezes */
    require(sigaction(SIGCHLD, &children, NULL), "sigaction");
    signals.fd = require(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
    signals.ready = signals_ready;
    loop_want(&signals, EPOLLIN);
}

/* Standard input is empty, also for started processes, which inherit no other descriptors. Reserves the telemetry
   pipe's number, so that no descriptor of the init gets it. */
static void descriptors_open(void) {
    int null = require(open("/dev/null", O_RDWR), "/dev/null");
    require(dup2(null, STDIN_FILENO), "/dev/null");
    require(dup2(null, TELEMETRY_FD), "/dev/null");
    for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 && errno != EBADF) die("flags of a descriptor");
}

static void greet(void) {
    char line[GREETING_MOST];
    control_put(line, emulator_greeting(line, "control"));
    control_start();
    uint8_t version = cgroup_open();
    send_hello(PROTOCOL_VERSION, version, (uint32_t)getpid(), handed_over() ? HELLO_FLAG_HANDED_OVER : 0);
}

int main(int count, char **arguments) {
    errno = EINVAL;
    if (count < 2 || count > 3) die("usage: init ADDRESS [PORT], or init receive PATH");
    if (count == 3 && strcmp(arguments[1], "receive") == 0) receiver_run(arguments[2]);
    require(prctl(PR_SET_DUMPABLE, 0), "prctl"); /* not traceable from inside */
    descriptors_open();
    loop_open();
    signals_open();
    emulator_address(arguments[1]);
    memset(arguments[1], 0, strlen(arguments[1])); /* hides the secret, since a function can read this command line */
    int listener = relay_listen(count > 2 ? (uint16_t)strtoul(arguments[2], NULL, 10) : RELAY_PORT);
    if (*emulator_token() != '\0') handover_offer(emulator_receiver(), emulator_token(), listener);
    if (!handed_over()) relay_accept();
    if (getpid() == 1) segments_open(SEGMENTS_PORT); /* otherwise it would take the machine's port */
    control_open(emulator_connected(), (struct control_callbacks){.handle = command_run, .lost = processes_quit});
    greet();
    for (bool unfinished = false;;) {
        control_flush();
        outputs_settle();
        relay_settle();
        segments_settle();
        int timeout = watch_timeout();
        loop_turn(unfinished && timeout != 0 ? 1 : timeout);
        bool settled = processes_settle();
        unfinished = control_serve() || !settled;
    }
}

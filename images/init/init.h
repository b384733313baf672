#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* ---- loop.c: one thread that waits for descriptors ---- */

/* Within one turn descriptors are served in this order, whatever order the kernel tells them in. */
enum rank { RANK_CONTROL, RANK_OUTPUT, RANK_RELAY, RANK_SIGNAL, RANKS };

/* A descriptor that the loop looks after. What it lies in may not be freed before the turn is over. */
struct watched {
    int fd; /* -1 once closed: what this turn still has for it is dropped */
    uint32_t wanted;
    enum rank rank;
    void (*ready)(void *owner, uint32_t events);
    void *owner;
};

void loop_open(void);
/* Changes what is waited for; with 0 the descriptor is taken out, as the kernel tells of a hang-up unasked. */
void loop_want(struct watched *watched, uint32_t events);
void loop_close(struct watched *watched);
/* Waits for events for up to so many milliseconds (-1: as long as it takes) and serves them. */
void loop_turn(int timeout_ms);
/* Says what failed, with errno's text, and ends this program. */
_Noreturn void die(const char *what);
/* Zeroed memory; never NULL. */
void *allocate(size_t size);

/* ---- emulator.c: where to dial out to ---- */

#define GREETING_MOST 320
/* Takes `unix:PATH[:TOKEN]` or `tcp:HOST:PORT:SECRET` apart and looks the host up. */
void emulator_address(const char *address);
/* Offers a listening socket, and the pipes of a process's output, to a receiver beside the emulator's socket, where the
   address has a token for it. */
void emulator_offer(int listener);
/* A non-blocking connection, or -1 with errno. It may still be under way: wait until it can be written. */
int emulator_connect(void);
/* A connection's first line, which says what it is for; returns its length. */
size_t emulator_greeting(char line[GREETING_MOST], const char *kind);

/* ---- handover.c: descriptors that the emulator takes over ---- */

enum { STDOUT, STDERR, TELEMETRY, OUTPUT_STREAMS };
/* The listening socket, then the reading ends of a pipe for each stream. */
#define HANDED_OVER (1 + OUTPUT_STREAMS)
#define HANDOVER_TAKEN 'y'
#define TOKEN_SIZE 32
/* Offers the socket and new pipes to whoever listens at that path, with the token that says whose they are. */
void handover(const char *path, const char *token, int listener);
/* Whether the emulator has taken them: then it accepts what the function connects, and reads what is written here. */
bool handed_over(void);
/* The writing end of that stream's pipe, as a new process wants it. */
int handed_end(int stream);

/* ---- descriptors.c ---- */

/* Sends bytes, and copies of descriptors with them. */
bool descriptors_send(int to, const void *bytes, size_t size, const int *fds, int count);
/* Receives bytes with exactly so many descriptors; -1 where there are others, which are closed then. */
ssize_t descriptors_receive(int from, void *bytes, size_t most, int *fds, int wanted);

/* ---- receiver.c ---- */

/* Takes handovers at a path and passes them on to the Node process that has started this one, as long as it lives. */
_Noreturn void receiver_run(const char *path);

/* ---- frames.c: the control connection ---- */

void control_open(void);
/* Sends what is queued, as far as that goes without waiting. */
void control_flush(void);
/* How many frames have been queued since the beginning. */
uint32_t control_told(void);
/* Whether so much is queued that no more output should be read from the processes for now. */
bool control_full(void);
/* Runs the commands that have come, in order, up to one that cannot be finished yet; that one is run again at the
   next call. Whether there is such a one is what it returns. */
bool control_serve(void);
/* Queues a frame. The fields say what follows: s a string with its zero, b bytes and their size_t,
   1 and 4 an unsigned, 8 a uint64_t. */
void frame_send(char type, const char *fields, ...);
/* Queues what can be read from a pipe as an output frame, without copying it; returns what read() did. */
ssize_t frame_read(int fd, size_t most, uint8_t stream, const char *name);

/* A received frame's payload, taken from front to back. One that is too short ends the program. */
struct payload {
    uint8_t *at, *end;
};
uint64_t take(struct payload *payload, int bytes);
char *take_text(struct payload *payload);

/* ---- commands.c ---- */

/* False where the command cannot be finished yet: it is to be run again, from its start. */
bool command_run(char type, struct payload *payload);

/* ---- process.c ---- */

struct start {
    const char *name, *folder;
    char **arguments, **environment;
    bool telemetry;
    bool direct; /* it writes to what was handed over */
};
/* False where it is to be called again: what passed the memory limit before is still on its way out. */
bool process_start(const struct start *start);
/* To the living process of that name and its group; nothing where there is none. */
void process_signal(const char *name, int number);
/* Stop and continue everything in the sandbox but this program. */
void processes_freeze(void);
void processes_thaw(void);
/* Whether anything that was started can run now, and so can allocate. */
bool processes_running(void);
/* Kills everything but this program. To be called until it is true: nothing is left, and all has been told. */
bool processes_reset(void);
/* Kills everything because it passed the memory limit; the exits are told so, once all have given their memory back. */
void processes_out_of_memory(void);
/* Kills everything and ends this program. */
_Noreturn void processes_quit(void);
/* Takes note of processes that ended. */
void processes_reap(void);
/* Tells of those that ended, behind what they have written; to be called in each turn. False where that has to wait. */
bool processes_settle(void);

/* ---- output.c: what processes write ---- */

/* Carries a pipe to the control connection under its process's name, until the last holder of its other end is gone. */
void output_open(int fd, uint8_t stream, const char *name);
/* Moves over all that was written up to now. False where the control connection is so full that some is left. */
bool outputs_drain(void);
/* Pauses and resumes reading as the control connection allows, frees what is closed; to be called in each turn. */
void outputs_settle(void);

/* ---- relay.c: connections of the function to the emulator, and back in ---- */

/* Listens for the function. Its connections are relayed, unless the emulator accepts them itself. */
void relay_open(uint16_t port);
/* Connects to a port inside, then to the emulator, which asked for it under this id. */
void relay_dial(uint32_t id, uint16_t port);
/* Closes every connection, and those that nobody has accepted yet. */
void relay_drop_all(void);
/* Frees what is closed; to be called in each turn. */
void relay_settle(void);

/* ---- memory.c: the cgroup's counters ---- */

/* Returns the cgroup's version, 0 where its counters cannot be read. */
uint8_t memory_open(void);
/* Tells all output that was written before, then the figures in bytes under this id. Own memory is anonymous and kernel
   memory: neither files in /tmp nor cached files, though the kernel charges them to the same limit. False, with nothing
   told, where the control connection is so full that some output is left. */
bool memory_tell(uint32_t id, bool reset_peak);
#define STAMP_MOST 128
/* Tells all output that was written before, and writes a header that says how many frames have been told by now and then
   the figures. Returns its length; 0, with nothing written, where some output is left. */
size_t memory_stamp(char header[STAMP_MOST]);
/* How often the kernel has killed a process of this cgroup for want of memory. */
uint64_t memory_oom_kills(void);
/* Kills every process once own memory is above so many bytes; 0 ends that. */
void memory_watch(uint64_t limit);
/* To be called when processes go on after a freeze. */
void memory_thawed(void);
/* Looks at the counters where that is due; returns for how many milliseconds one may sleep now (-1: any). */
int memory_timeout(void);

/* ---- folders.c ---- */

/* Answers with the names of the executable files in /opt/extensions, in name order. */
void extensions_list(uint32_t id);
/* Deletes what a function may have left where it can write, and looks whether anything remains. Only a sandbox's own
   folders are touched: where this is not PID 1 with a /tmp in memory, nothing is, and the answer is false. */
bool clean_folders(void);

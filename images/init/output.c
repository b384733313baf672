#include "output.h"

#include <poll.h>

#include "control.h"
#include "protocol.h"

#define READ_SIZE 65536
#define OUTPUTS_MOST 40 /* one poll call for all; the runtime and each extension have three */
/* Maximum size of a pipe (/proc/sys/fs/pipe-max-size). After this many bytes, all earlier output has been read. */
#define PIPE_MOST (1024 * 1024)

struct output {
    struct watched watched;
    struct output *next;
    uint8_t stream;
    char process[];
};

static struct output *outputs;

/* Reads directly into the frame. Returns the result of read. */
static ssize_t read_frame(const struct output *output) {
    uint8_t *content = control_room(1 + strlen(output->process) + 1, READ_SIZE);
    ssize_t size = read(output->watched.fd, content, READ_SIZE);
    if (size > 0) send_output(output->stream, output->process, content, (size_t)size);
    return size;
}

static bool drain(struct output *output) {
    for (size_t total = 0; output->watched.fd >= 0 && total < PIPE_MOST;) {
        if (control_full()) return false;
        ssize_t size = read_frame(output);
        if (size == 0) loop_close(&output->watched);
        else if (size > 0) total += (size_t)size;
        else if (errno != EINTR) break;
        if (size > 0 && size < READ_SIZE) break; /* a short read means that the pipe is empty */
    }
    return true;
}

static void output_ready(void *owner, uint32_t events) {
    (void)events;
    drain(owner);
}

void output_open(int fd, uint8_t stream, const char *process) {
    struct output *output = allocate(sizeof *output + strlen(process) + 1);
    output->watched = (struct watched){.fd = fd, .rank = RANK_OUTPUT, .ready = output_ready, .owner = output};
    output->stream = stream;
    strcpy(output->process, process);
    output->next = outputs;
    outputs = output; /* watched from the end of this turn */
}

bool outputs_drain(void) {
    bool drained = true;
    struct pollfd pipes[OUTPUTS_MOST] = {{0}};
    nfds_t count = 0;
    for (struct output *each = outputs; each != NULL && count < OUTPUTS_MOST; each = each->next)
        pipes[count++] = (struct pollfd){.fd = each->watched.fd, .events = POLLIN};
    /* Usually all pipes are empty, which one call shows. */
    if (count < OUTPUTS_MOST && poll(pipes, count, 0) == 0) return true;
    for (struct output *each = outputs; each != NULL; each = each->next) drained = drain(each) && drained;
    return drained;
}

void outputs_settle(void) {
    for (struct output **link = &outputs; *link != NULL;) {
        struct output *each = *link;
        loop_want(&each->watched, control_full() ? 0 : EPOLLIN);
        if (each->watched.fd >= 0) {
            link = &each->next;
        } else {
            *link = each->next;
            free(each);
        }
    }
}

/* The control connection: queues frames to lambdock, and passes its commands to a callback. */
#pragma once

#include "loop.h"
#include "wire.h"

struct control_callbacks {
    /* Returns false if the command cannot complete yet. A later control_serve then passes it again. */
    bool (*handle)(char type, struct payload *payload);
    /* Called when the connection has ended. */
    void (*lost)(void);
};

/* Takes over a connected socket. Reads nothing before control_start. */
void control_open(int fd, struct control_callbacks callbacks);
void control_start(void);
/* Sends as much of the queue as it can without blocking. */
void control_flush(void);
/* Runs received commands in order. Returns true if one could not complete yet. */
bool control_serve(void);
/* Whether the queue is so full that processes' output should not be read for now. */
bool control_full(void);

/* Starts a frame in the queue. Append its fields, then call control_frame_end, which writes its length. */
struct buffer *control_frame(char type);
void control_frame_end(void);
/* Space in the queue for the last field of the next frame, after `prefix` bytes for what precedes it. */
uint8_t *control_room(size_t prefix, size_t size);
/* Number of frames queued so far. */
uint32_t control_frame_count(void);
/* Queues bytes without a frame, for the connection's first line. */
void control_put(const void *bytes, size_t size);

/* The control connection: frames to lambdock are queued here, commands are handed to a callback. */
#pragma once

#include "loop.h"
#include "wire.h"

struct control_callbacks {
    /* False where the command cannot be finished yet: it is passed again by a later control_serve. */
    bool (*handle)(char type, struct payload *payload);
    /* The connection has ended. */
    void (*lost)(void);
};

/* Takes a connected socket over. Nothing is read before control_start. */
void control_open(int fd, struct control_callbacks callbacks);
void control_start(void);
/* Sends the queue as far as that goes without blocking. */
void control_flush(void);
/* Runs the commands that have arrived, in order. True where one could not be finished yet. */
bool control_serve(void);
/* Whether so much is queued that no more output should be read from processes for now. */
bool control_full(void);

/* Starts a frame in the queue; its fields follow, then control_frame_end writes its length. */
struct buffer *control_frame(char type);
void control_frame_end(void);
/* Space in the queue in which a following frame's last field can be prepared, behind its first prefix bytes. */
uint8_t *control_room(size_t prefix, size_t size);
/* Number of frames queued since the start. */
uint32_t control_frame_count(void);
/* Bytes that are no frame: the connection's first line. */
void control_put(const void *bytes, size_t size);

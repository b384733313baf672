/* Bytes of frames: a growing queue to write them to, and a payload to read them from. */
#pragma once

#include "die.h"

/* 1 byte type, 4 bytes big-endian length of the payload. */
#define FRAME_HEADER 5

struct buffer {
    uint8_t *data;
    size_t start, end, capacity;
};

size_t buffer_size(const struct buffer *buffer);
/* Space for size bytes at the end; valid until the next call on this buffer. */
uint8_t *buffer_room(struct buffer *buffer, size_t size);
/* Removes size bytes from the front. Large memory is freed once it is empty, since it counts as the function's. */
void buffer_consume(struct buffer *buffer, size_t size);

/* Bytes that already lie at the buffer's end, where buffer_room put them, are not copied. */
void put_bytes(struct buffer *buffer, const void *bytes, size_t size);
void put_text(struct buffer *buffer, const char *text);
/* Big-endian. */
void put_number(struct buffer *buffer, uint64_t value, int bytes);

/* A received frame's payload, read from front to back. */
struct payload {
    uint8_t *at, *end;
    bool cut_short; /* a field was longer than what was left: it and all later ones are 0 or empty */
};

uint64_t take_number(struct payload *payload, int bytes);
/* A zero-terminated string inside the payload. */
char *take_text(struct payload *payload);
struct payload take_rest(struct payload *payload);

/* A view of the first frame in the buffer. False where it is not complete yet. */
bool frame_first(const struct buffer *buffer, char *type, struct payload *payload);

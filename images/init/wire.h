/* Bytes of frames: a growing buffer to write to, and a payload to read from. */
#pragma once

#include "die.h"

/* 1 byte type, 4 bytes big-endian length of the payload. */
#define FRAME_HEADER 5

struct buffer {
    uint8_t *data;
    size_t start, end, capacity;
};

size_t buffer_size(const struct buffer *buffer);
/* Space for size bytes at the end. It is valid until the next call on this buffer. */
uint8_t *buffer_room(struct buffer *buffer, size_t size);
/* Removes size bytes from the front. Frees a large empty buffer, since its memory counts as the function's. */
void buffer_consume(struct buffer *buffer, size_t size);

/* Appends bytes. Does not copy bytes that were written to the space from buffer_room. */
void put_bytes(struct buffer *buffer, const void *bytes, size_t size);
void put_text(struct buffer *buffer, const char *text);
/* Appends a big-endian number. */
void put_number(struct buffer *buffer, uint64_t value, int bytes);

/* A received frame's payload, read from front to back. */
struct payload {
    uint8_t *at, *end;
    bool cut_short; /* a field exceeded the rest: it and all later ones are 0 or empty */
};

uint64_t take_number(struct payload *payload, int bytes);
/* A zero-terminated string inside the payload. */
char *take_text(struct payload *payload);
struct payload take_rest(struct payload *payload);

/* Gets a view of the first frame in the buffer. Returns false if it is not complete yet. */
bool frame_first(const struct buffer *buffer, char *type, struct payload *payload);

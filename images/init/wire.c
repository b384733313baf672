#include "wire.h"

/* An empty buffer above this size is freed. */
#define KEPT_CAPACITY (256 * 1024)

size_t buffer_size(const struct buffer *buffer) { return buffer->end - buffer->start; }

uint8_t *buffer_room(struct buffer *buffer, size_t size) {
    if (buffer->capacity - buffer->end < size && buffer->start > 0) {
        memmove(buffer->data, buffer->data + buffer->start, buffer_size(buffer));
        buffer->end -= buffer->start;
        buffer->start = 0;
    }
    if (buffer->capacity - buffer->end < size) {
        buffer->capacity = 2 * buffer->capacity > buffer->end + size ? 2 * buffer->capacity : buffer->end + size;
        buffer->data = realloc(buffer->data, buffer->capacity);
        if (buffer->data == NULL) die("memory for frames");
    }
    return buffer->data + buffer->end;
}

void buffer_consume(struct buffer *buffer, size_t size) {
    buffer->start += size;
    if (buffer->start < buffer->end) return;
    buffer->start = buffer->end = 0;
    if (buffer->capacity <= KEPT_CAPACITY) return;
    free(buffer->data);
    *buffer = (struct buffer){0};
}

void put_bytes(struct buffer *buffer, const void *bytes, size_t size) {
    uint8_t *to = buffer_room(buffer, size);
    if (size > 0 && to != bytes) memcpy(to, bytes, size);
    buffer->end += size;
}

void put_text(struct buffer *buffer, const char *text) { put_bytes(buffer, text, strlen(text) + 1); }

void put_number(struct buffer *buffer, uint64_t value, int bytes) {
    uint8_t *to = buffer_room(buffer, (size_t)bytes);
    for (int i = 0; i < bytes; i++) to[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    buffer->end += (size_t)bytes;
}

static bool has(struct payload *payload, size_t size) {
    if (payload->cut_short || (size_t)(payload->end - payload->at) < size) payload->cut_short = true;
    return !payload->cut_short;
}

uint64_t take_number(struct payload *payload, int bytes) {
    uint64_t value = 0;
    if (!has(payload, (size_t)bytes)) return 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | *payload->at++;
    return value;
}

char *take_text(struct payload *payload) {
    static char empty[1];
    size_t length = strnlen((char *)payload->at, (size_t)(payload->end - payload->at));
    if (!has(payload, length + 1)) return empty; /* a text without its zero byte is cut short */
    char *text = (char *)payload->at;
    payload->at += length + 1;
    return text;
}

struct payload take_rest(struct payload *payload) {
    struct payload rest = *payload;
    payload->at = payload->end;
    return rest;
}

bool frame_first(const struct buffer *buffer, char *type, struct payload *payload) {
    if (buffer_size(buffer) < FRAME_HEADER) return false;
    uint8_t *frame = buffer->data + buffer->start;
    struct payload header = {.at = frame + 1, .end = frame + FRAME_HEADER};
    size_t length = (size_t)take_number(&header, 4);
    if (length > buffer_size(buffer) - FRAME_HEADER) return false;
    *type = (char)frame[0];
    *payload = (struct payload){.at = header.at, .end = header.at + length};
    return true;
}

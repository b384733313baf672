/* Feeds the parser of commands with mutated frames: `fuzz-frames SEED ROUNDS`. Built with sanitizers, which end it where the
   parser reads or writes out of bounds. Prints how many inputs parsed and how many were refused. */
#include <stdio.h>

#include "protocol.h"
#include "start.h"
#include "control.h"

/* Events are not under test: the parser's file contains their senders, too. */
struct buffer *control_frame(char type) {
    static struct buffer frame;
    (void)type;
    return &frame;
}

void control_frame_end(void) {}

static uint64_t random_state;

/* xorshift64 */
static uint32_t below(uint32_t limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16) % limit;
}

static void put_command(struct buffer *input) {
    static const char types[] = "SKFTRCMWLBQ";
    char type = types[below(sizeof types - 1)];
    size_t header = input->end;
    put_number(input, (uint8_t)type, 1);
    put_number(input, 0, 4);
    if (type == 'S') {
        uint32_t strings = 1 + below(6);
        put_number(input, below(4), 4);
        put_text(input, "runtime");
        put_text(input, "/var/task");
        put_number(input, 1 + below(strings), 4);
        for (uint32_t i = 0; i < strings; i++) put_text(input, below(2) ? "NAME=value" : "");
    } else if (type == 'K') {
        put_text(input, "extension/name");
        put_number(input, 9, 1);
    } else {
        for (uint32_t i = below(12); i > 0; i--) put_number(input, below(256), 1);
    }
    size_t end = input->end;
    input->end = header + 1;
    put_number(input, end - header - FRAME_HEADER, 4);
    input->end = end;
}

static void mutate(struct buffer *input) {
    for (uint32_t i = below(4); i > 0 && input->end > 0; i--) {
        size_t at = below((uint32_t)input->end);
        switch (below(4)) {
        case 0: input->data[at] = (uint8_t)below(256); break;
        case 1: input->data[at] ^= (uint8_t)(1u << below(8)); break;
        case 2: input->end = at; break;
        case 3: memset(input->data + at, below(2) ? 0xff : 0, input->end - at < 5 ? input->end - at : 5); break;
        }
    }
}

static unsigned long parsed, refused;

static void parse(struct buffer *input) {
    char type;
    struct payload payload;
    struct command command;
    struct start start;
    while (frame_first(input, &type, &payload)) {
        size_t size = (size_t)(payload.end - payload.at) + FRAME_HEADER;
        bool valid = command_read(type, &payload, &command);
        if (valid && type == COMMAND_TYPE_START) {
            valid = start_parse(&command, &start);
            size_t length = valid ? strlen(start.name) + strlen(start.folder) : 0;
            for (char **each = valid ? start.arguments : NULL; each && *each; each++) length += strlen(*each);
            for (char **each = valid ? start.environment : NULL; each && *each; each++) length += strlen(*each);
            if (length > size) abort();
            if (valid) start_free(&start);
        }
        if (valid) parsed++;
        else refused++;
        buffer_consume(input, size);
    }
}

int main(int count, char **arguments) {
    if (count != 3) die("usage: fuzz-frames SEED ROUNDS");
    random_state = strtoull(arguments[1], NULL, 10) | 1;
    for (unsigned long rounds = strtoul(arguments[2], NULL, 10); rounds > 0; rounds--) {
        struct buffer input = {0}, exact = {0};
        for (uint32_t i = 1 + below(4); i > 0; i--) put_command(&input);
        mutate(&input);
        /* In memory of exactly its size, so that each byte too far is noticed. */
        exact.data = input.end == 0 ? NULL : malloc(input.end);
        exact.end = exact.capacity = input.end;
        if (input.end > 0) memcpy(exact.data, input.data, input.end);
        free(input.data);
        parse(&exact);
        free(exact.data);
    }
    printf("%lu parsed, %lu refused\n", parsed, refused);
    return 0;
}

/* Generated from protocol.json by generate.cjs; do not edit. */
#pragma once

#include "wire.h"

#define PROTOCOL_VERSION 2

enum start_flag {
    START_FLAG_TELEMETRY = 1,
    START_FLAG_DIRECT = 2,
};

enum memory_flag {
    MEMORY_FLAG_RESET_PEAK = 1,
};

enum hello_flag {
    HELLO_FLAG_HANDED_OVER = 1,
};

enum stream {
    STREAM_STDOUT = 1,
    STREAM_STDERR = 2,
    STREAM_TELEMETRY = 3,
};

enum exit_kind {
    EXIT_KIND_CODE = 0,
    EXIT_KIND_SIGNAL = 1,
};

enum exit_flag {
    EXIT_FLAG_OUT_OF_MEMORY = 1,
};

enum start_step {
    START_STEP_WORKING_DIRECTORY = 1,
    START_STEP_COMMAND = 2,
    START_STEP_INTERPRETER = 3,
};

enum clean_status {
    CLEAN_STATUS_CLEAN = 0,
    CLEAN_STATUS_DIRTY = 1,
};

enum command_type {
    COMMAND_TYPE_START = 'S',
    COMMAND_TYPE_KILL = 'K',
    COMMAND_TYPE_FREEZE = 'F',
    COMMAND_TYPE_THAW = 'T',
    COMMAND_TYPE_RESET = 'R',
    COMMAND_TYPE_CLEAN = 'C',
    COMMAND_TYPE_MEMORY = 'M',
    COMMAND_TYPE_WATCH = 'W',
    COMMAND_TYPE_LIST = 'L',
    COMMAND_TYPE_DIAL = 'B',
    COMMAND_TYPE_QUIT = 'Q',
};

enum event_type {
    EVENT_TYPE_HELLO = 'H',
    EVENT_TYPE_OUTPUT = 'O',
    EVENT_TYPE_EXITED = 'X',
    EVENT_TYPE_START_FAILED = 'P',
    EVENT_TYPE_MEMORY = 'M',
    EVENT_TYPE_DONE = 'D',
    EVENT_TYPE_EXTENSIONS = 'N',
    EVENT_TYPE_DIAL_FAILED = 'E',
    EVENT_TYPE_SEGMENT = 'U',
};

/* A command's fields; which member is valid follows from the type. */
struct command {
    char type;
    union {
        struct {
            uint32_t flags;
            char *process;
            char *folder;
            uint32_t argument_count;
            struct payload strings;
        } start;
        struct {
            char *process;
            uint8_t signal;
        } kill;
        struct {
            uint32_t id;
        } reset;
        struct {
            uint32_t id;
        } clean;
        struct {
            uint32_t id;
            uint8_t flags;
        } memory;
        struct {
            uint64_t limit;
        } watch;
        struct {
            uint32_t id;
        } list;
        struct {
            uint32_t id;
            uint16_t port;
        } dial;
    };
};

/* False for an unknown type and for a payload that is shorter than its fields. */
bool command_read(char type, struct payload *payload, struct command *command);

void send_hello(uint8_t protocol, uint8_t cgroup, uint32_t pid, uint8_t flags);
void send_output(uint8_t stream, const char *process, const void *content, size_t size);
void send_exited(const char *process, uint8_t kind, uint8_t value, uint8_t flags);
void send_start_failed(const char *process, uint8_t step, uint32_t reason);
void send_memory(uint32_t id, uint64_t current, uint64_t peak, uint64_t tmp);
void send_done(uint32_t id, uint8_t status);
void send_extensions(uint32_t id, const void *files, size_t size);
void send_dial_failed(uint32_t id, uint32_t reason);
void send_segment(const void *content, size_t size);

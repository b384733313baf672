/* Generated from protocol.json by generate.cjs; do not edit. */
#include "protocol.h"
#include "control.h"

bool command_read(char type, struct payload *payload, struct command *command) {
    command->type = type;
    switch (type) {
    case COMMAND_TYPE_START:
        command->start.flags = (uint32_t)take_number(payload, 4);
        command->start.process = take_text(payload);
        command->start.folder = take_text(payload);
        command->start.argument_count = (uint32_t)take_number(payload, 4);
        command->start.strings = take_rest(payload);
        break;
    case COMMAND_TYPE_KILL:
        command->kill.process = take_text(payload);
        command->kill.signal = (uint8_t)take_number(payload, 1);
        break;
    case COMMAND_TYPE_FREEZE:
        break;
    case COMMAND_TYPE_THAW:
        break;
    case COMMAND_TYPE_RESET:
        command->reset.id = (uint32_t)take_number(payload, 4);
        break;
    case COMMAND_TYPE_CLEAN:
        command->clean.id = (uint32_t)take_number(payload, 4);
        break;
    case COMMAND_TYPE_MEMORY:
        command->memory.id = (uint32_t)take_number(payload, 4);
        command->memory.flags = (uint8_t)take_number(payload, 1);
        break;
    case COMMAND_TYPE_WATCH:
        command->watch.limit = (uint64_t)take_number(payload, 8);
        break;
    case COMMAND_TYPE_LIST:
        command->list.id = (uint32_t)take_number(payload, 4);
        break;
    case COMMAND_TYPE_DIAL:
        command->dial.id = (uint32_t)take_number(payload, 4);
        command->dial.port = (uint16_t)take_number(payload, 2);
        break;
    case COMMAND_TYPE_QUIT:
        break;
    default:
        return false;
    }
    return !payload->cut_short;
}

void send_hello(uint8_t protocol, uint8_t cgroup, uint32_t pid, uint8_t flags) {
    struct buffer *frame = control_frame(EVENT_TYPE_HELLO);
    put_number(frame, protocol, 1);
    put_number(frame, cgroup, 1);
    put_number(frame, pid, 4);
    put_number(frame, flags, 1);
    control_frame_end();
}

void send_output(uint8_t stream, const char *process, const void *content, size_t size) {
    struct buffer *frame = control_frame(EVENT_TYPE_OUTPUT);
    put_number(frame, stream, 1);
    put_text(frame, process);
    put_bytes(frame, content, size);
    control_frame_end();
}

void send_exited(const char *process, uint8_t kind, uint8_t value, uint8_t flags) {
    struct buffer *frame = control_frame(EVENT_TYPE_EXITED);
    put_text(frame, process);
    put_number(frame, kind, 1);
    put_number(frame, value, 1);
    put_number(frame, flags, 1);
    control_frame_end();
}

void send_start_failed(const char *process, uint8_t step, uint32_t reason) {
    struct buffer *frame = control_frame(EVENT_TYPE_START_FAILED);
    put_text(frame, process);
    put_number(frame, step, 1);
    put_number(frame, reason, 4);
    control_frame_end();
}

void send_memory(uint32_t id, uint64_t current, uint64_t peak, uint64_t tmp) {
    struct buffer *frame = control_frame(EVENT_TYPE_MEMORY);
    put_number(frame, id, 4);
    put_number(frame, current, 8);
    put_number(frame, peak, 8);
    put_number(frame, tmp, 8);
    control_frame_end();
}

void send_done(uint32_t id, uint8_t status) {
    struct buffer *frame = control_frame(EVENT_TYPE_DONE);
    put_number(frame, id, 4);
    put_number(frame, status, 1);
    control_frame_end();
}

void send_extensions(uint32_t id, const void *files, size_t size) {
    struct buffer *frame = control_frame(EVENT_TYPE_EXTENSIONS);
    put_number(frame, id, 4);
    put_bytes(frame, files, size);
    control_frame_end();
}

void send_dial_failed(uint32_t id, uint32_t reason) {
    struct buffer *frame = control_frame(EVENT_TYPE_DIAL_FAILED);
    put_number(frame, id, 4);
    put_number(frame, reason, 4);
    control_frame_end();
}

void send_segment(const void *content, size_t size) {
    struct buffer *frame = control_frame(EVENT_TYPE_SEGMENT);
    put_bytes(frame, content, size);
    control_frame_end();
}

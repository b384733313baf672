#include "init.h"

static bool start(struct payload *payload) {
    uint64_t flags = take(payload, 4);
    struct start start = {.telemetry = flags & 1, .direct = flags & 2 && handed_over()};
    start.name = take_text(payload);
    start.folder = take_text(payload);
    size_t arguments = strtoul(take_text(payload), NULL, 10), variables = 0;
    size_t most = (size_t)(payload->end - payload->at); /* each string takes a byte at least */
    errno = EBADMSG;
    if (arguments == 0 || arguments > most) die("a start without a command");
    start.arguments = allocate((arguments + 1) * sizeof(char *));
    start.environment = allocate((most - arguments + 1) * sizeof(char *));
    for (size_t i = 0; i < arguments; i++) start.arguments[i] = take_text(payload);
    while (payload->at < payload->end) start.environment[variables++] = take_text(payload);
    bool started = process_start(&start);
    free(start.arguments);
    free(start.environment);
    return started;
}

static bool reset(uint32_t id, bool and_clean) {
    if (!processes_reset()) return false;
    relay_drop_all(); /* so that nothing which comes after this answer is from before it */
    unsigned left = and_clean && !clean_folders();
    frame_send('D', "41", id, left);
    return true;
}

bool command_run(char type, struct payload *payload) {
    char *name;
    uint32_t id;
    switch (type) {
    case 'S': return start(payload);
    case 'K': name = take_text(payload); process_signal(name, (int)take(payload, 1)); return true;
    case 'F': processes_freeze(); return true;
    case 'T': processes_thaw(); return true;
    case 'R': return reset((uint32_t)take(payload, 4), false);
    case 'C': return reset((uint32_t)take(payload, 4), true);
    case 'M': id = (uint32_t)take(payload, 4); return memory_tell(id, take(payload, 1) & 1);
    case 'W': memory_watch(take(payload, 8)); return true;
    case 'L': extensions_list((uint32_t)take(payload, 4)); return true;
    case 'B': id = (uint32_t)take(payload, 4); relay_dial(id, (uint16_t)take(payload, 2)); return true;
    case 'Q': control_flush(); processes_quit(); /* who asked for figures before is answered */
    }
    errno = EBADMSG;
    die("a command of no known type");
}

#include "start.h"

bool start_parse(const struct command *command, struct start *start) {
    struct payload strings = command->start.strings;
    size_t most = (size_t)(strings.end - strings.at); /* each string takes at least a byte */
    size_t arguments = command->start.argument_count, variables = 0;
    if (arguments == 0 || arguments > most) return false;
    *start = (struct start){
        .name = command->start.process,
        .folder = command->start.folder,
        .telemetry = command->start.flags & START_FLAG_TELEMETRY,
        .direct = command->start.flags & START_FLAG_DIRECT,
        .arguments = allocate((arguments + 1) * sizeof(char *)),
        .environment = allocate((most - arguments + 1) * sizeof(char *)),
    };
    for (size_t i = 0; i < arguments; i++) start->arguments[i] = take_text(&strings);
    while (strings.at < strings.end && !strings.cut_short) start->environment[variables++] = take_text(&strings);
    if (!strings.cut_short) return true;
    start_free(start);
    return false;
}

void start_free(struct start *start) {
    free(start->arguments);
    free(start->environment);
}

#include "commands.h"

#include "control.h"
#include "figures.h"
#include "folders.h"
#include "handover.h"
#include "process.h"
#include "protocol.h"
#include "relay.h"
#include "start.h"
#include "watch.h"

static bool start(const struct command *command) {
    struct start parts;
    errno = EBADMSG;
    if (!start_parse(command, &parts)) die("a start command with too few arguments");
    parts.direct = parts.direct && handed_over();
    bool started = process_start(&parts);
    start_free(&parts);
    return started;
}

static bool reset(uint32_t id, bool and_clean) {
    if (!processes_reset()) return false;
    relay_drop_all(); /* nothing older may follow the response */
    send_done(id, and_clean && !clean_folders() ? CLEAN_STATUS_DIRTY : CLEAN_STATUS_CLEAN);
    return true;
}

bool command_run(char type, struct payload *payload) {
    struct command command;
    errno = EBADMSG;
    if (!command_read(type, payload, &command)) die("a command that is cut short or of unknown type");
    switch (type) {
    case COMMAND_TYPE_START: return start(&command);
    case COMMAND_TYPE_KILL: process_signal(command.kill.process, command.kill.signal); break;
    case COMMAND_TYPE_FREEZE: processes_freeze(); break;
    case COMMAND_TYPE_THAW: processes_thaw(); break;
    case COMMAND_TYPE_RESET: return reset(command.reset.id, false);
    case COMMAND_TYPE_CLEAN: return reset(command.clean.id, true);
    case COMMAND_TYPE_MEMORY: return figures_send(command.memory.id, command.memory.flags & MEMORY_FLAG_RESET_PEAK);
    case COMMAND_TYPE_WATCH: watch_limit(command.watch.limit); break;
    case COMMAND_TYPE_LIST: extensions_send(command.list.id); break;
    case COMMAND_TYPE_DIAL: relay_dial(command.dial.id, command.dial.port); break;
    case COMMAND_TYPE_QUIT: control_flush(); processes_quit(); /* sends pending figures */
    }
    return true;
}

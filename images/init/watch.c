#include "watch.h"

#include "cgroup.h"
#include "loop.h"
#include "process.h"

#define INTERVAL_MOST_MS 50
#define INTERVAL_AFTER_THAW_MS 2
/* Approximate new memory that one busy thread touches in a millisecond. */
#define FASTEST_GROWTH_PER_MS (1024 * 1024)

/* While frozen: the first check comes after this time, then the interval doubles. */
#define FROZEN_INTERVAL_MS 50
#define FROZEN_INTERVAL_MOST_MS 1000
/* The init stops a process that left the freeze and checks again after this interval. After this many checks in vain
   it kills all processes. */
#define RESISTING_INTERVAL_MS 10
#define RESISTING_MOST 300

static uint64_t limit;
static bool over;
static int64_t due_ms;
static int frozen_interval_ms, resisted;

void watch_limit(uint64_t bytes) {
    limit = bytes;
    cgroup_cap_peak(bytes);
    due_ms = 0;
    over = false;
}

/* Returns the milliseconds until memory could exceed the limit. */
static int look_at_memory(void) {
    if (limit == 0 || cgroup_version() == 0) return INTERVAL_MOST_MS;
    uint64_t own = cgroup_sample(false)->own;
    /* Requires two samples in a row above the limit, since their counters are not read at the same moment. */
    if (over && own > limit) processes_kill(true);
    over = own > limit;
    uint64_t interval = over ? 1 : 1 + (limit - own) / FASTEST_GROWTH_PER_MS;
    return interval < INTERVAL_MOST_MS ? (int)interval : INTERVAL_MOST_MS;
}

/* A timer with SIGCONT as its signal can continue a stopped process repeatedly. */
static int look_at_frozen(void) {
    if (look_at_memory() == 1 && over) return 1;
    if (!processes_stop_running()) {
        frozen_interval_ms *= 2;
        if (frozen_interval_ms > FROZEN_INTERVAL_MOST_MS) frozen_interval_ms = FROZEN_INTERVAL_MOST_MS;
        return frozen_interval_ms;
    }
    if (++resisted == RESISTING_MOST) processes_kill(false);
    frozen_interval_ms = RESISTING_INTERVAL_MS;
    return frozen_interval_ms;
}

int watch_timeout(void) {
    static bool was_frozen;
    bool frozen = processes_frozen();
    if (!processes_living()) return -1;
    if (!frozen && !was_frozen && (limit == 0 || cgroup_version() == 0)) return -1;
    int64_t now_ms = clock_ms();
    if (frozen != was_frozen) {
        was_frozen = frozen;
        frozen_interval_ms = FROZEN_INTERVAL_MS;
        resisted = 0;
        /* Stopped processes allocate nothing. The first check after a thaw waits until the relay has passed on the
           event. */
        if (!over) due_ms = now_ms + (frozen ? FROZEN_INTERVAL_MS : INTERVAL_AFTER_THAW_MS);
    }
    if (now_ms >= due_ms) due_ms = now_ms + (frozen ? look_at_frozen() : look_at_memory());
    return (int)(due_ms - now_ms);
}

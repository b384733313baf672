#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "init.h"

#define INTERVAL_MOST_MS 50
#define INTERVAL_AFTER_THAW_MS 2
/* A thread at full speed touches about this much new memory in a millisecond. */
#define FASTEST_GROWTH_PER_MS (1024 * 1024)

/* Where a cgroup's counters are, by its version less one; then the fields of `stat`. */
static const struct {
    const char *usage, *stat, *peak, *events, *file, *shmem, *reclaimable;
} versions[] = {
    {"/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.stat",
     "/sys/fs/cgroup/memory/memory.max_usage_in_bytes", "/sys/fs/cgroup/memory/memory.oom_control",
     "total_cache", "total_shmem", "(not told)"},
    {"/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory.peak",
     "/sys/fs/cgroup/memory.events", "file", "shmem", "slab_reclaimable"},
};

static uint8_t version;
static int usage_fd = -1, stat_fd = -1, peak_fd = -1, events_fd = -1;
static uint64_t own, own_peak, shmem, cache, kernel_peak, limit;
static bool over;
static int64_t due_ms;

static const char *contents(int fd) {
    static char text[8192];
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = '\0';
    return text;
}

static uint64_t counter(int fd) { return strtoull(contents(fd), NULL, 10); }

/* The value of a line `KEY VALUE`; 0 without such a line. */
static uint64_t field(const char *text, const char *key) {
    size_t length = strlen(key);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, key, length) == 0 && line[length] == ' ') return strtoull(line + length, NULL, 10);
    }
    return 0;
}

uint8_t memory_open(void) {
    for (uint8_t each = 1; each <= 2 && version == 0; each++) {
        usage_fd = open(versions[each - 1].usage, O_RDONLY | O_CLOEXEC);
        stat_fd = open(versions[each - 1].stat, O_RDONLY | O_CLOEXEC);
        if (usage_fd < 0 || stat_fd < 0) continue;
        peak_fd = open(versions[each - 1].peak, O_RDONLY | O_CLOEXEC);
        events_fd = open(versions[each - 1].events, O_RDONLY | O_CLOEXEC);
        version = each;
    }
    kernel_peak = counter(peak_fd);
    return version;
}

/* Briefly: where the counters are what they were, so are taken to be what they count. The kernel takes its time for `stat`. */
static void sample(bool briefly) {
    if (version == 0) return;
    static uint64_t usage_before;
    uint64_t cache_before = cache, usage = counter(usage_fd), peak = counter(peak_fd);
    if (briefly && usage == usage_before && peak == kernel_peak) return;
    usage_before = usage;
    const char *stat = contents(stat_fd);
    shmem = field(stat, versions[version - 1].shmem);
    cache = field(stat, versions[version - 1].file) + field(stat, versions[version - 1].reclaimable);
    /* A file deleted between the readings must not pass for own memory, so usage is read again behind them. */
    uint64_t usage_after = counter(usage_fd);
    if (usage_after < usage) usage = usage_after;
    own = usage > cache ? usage - cache : 0;
    if (own > own_peak) own_peak = own;
    if (peak <= kernel_peak) return;
    /* The kernel saw a new highest usage between two looks. How much of it was cache is not told; the larger of what
       was before and after is the guess that does not make own memory out of a file that came or went. */
    kernel_peak = peak;
    uint64_t most = cache > cache_before ? cache : cache_before;
    uint64_t guess = peak > most ? peak - most : 0;
    if (limit > 0 && guess > limit) guess = limit;
    if (guess > own_peak) own_peak = guess;
}

bool memory_tell(uint32_t id, bool reset_peak) {
    if (!outputs_drain()) return false;
    sample(true);
    frame_send('M', "4888", id, own, own_peak, shmem);
    if (reset_peak) own_peak = own;
    return true;
}

size_t memory_stamp(char header[STAMP_MOST]) {
    if (!outputs_drain()) return 0;
    sample(true);
    return (size_t)snprintf(header, STAMP_MOST, "Lambdock-Stamp: %lu %llu %llu %llu\r\n", (unsigned long)control_told(),
                            (unsigned long long)own, (unsigned long long)own_peak, (unsigned long long)shmem);
}

uint64_t memory_oom_kills(void) { return field(contents(events_fd), "oom_kill"); }

void memory_watch(uint64_t bytes) {
    limit = bytes;
    due_ms = 0;
    over = false;
}

static int64_t clock_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void memory_thawed(void) {
    /* What was stopped has allocated nothing; the event that it was continued for comes before the next look. */
    if (!over) due_ms = clock_ms() + INTERVAL_AFTER_THAW_MS;
}

int memory_timeout(void) {
    if (limit == 0 || version == 0 || !processes_running()) return -1;
    int64_t now_ms = clock_ms();
    if (now_ms >= due_ms) {
        sample(false);
        /* Twice in a row, since figures read one after the other may not be of quite the same moment. */
        if (over && own > limit) processes_out_of_memory();
        over = own > limit;
        uint64_t interval = over ? 1 : 1 + (limit - own) / FASTEST_GROWTH_PER_MS;
        due_ms = now_ms + (int64_t)(interval < INTERVAL_MOST_MS ? interval : INTERVAL_MOST_MS);
    }
    return (int)(due_ms - now_ms);
}

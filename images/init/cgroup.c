#include "cgroup.h"

#include <fcntl.h>
#include <sys/statfs.h>

#define TMPFS 0x01021994

/* Counter files of cgroups, by version less one, then the keys in `stat`. */
static const struct {
    const char *usage, *stat, *peak, *events, *file, *shmem, *reclaimable;
} versions[] = {
    {"/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.stat",
     "/sys/fs/cgroup/memory/memory.max_usage_in_bytes", "/sys/fs/cgroup/memory/memory.oom_control",
     "total_cache", "total_shmem", "(not counted)"},
    {"/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory.peak",
     "/sys/fs/cgroup/memory.events", "file", "shmem", "slab_reclaimable"},
};

static uint8_t version;
static int usage_fd = -1, stat_fd = -1, peak_fd = -1, events_fd = -1;
static struct figures figures;
static uint64_t usage, excluded, kernel_peak, peak_cap;

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

/* If the engine gives a sandbox no cgroup, the sandbox sees the engine's. That one lists processes of other PID
   namespaces as 0, and their memory must not count as the function's. Only version 2 lists them. */
static bool is_shared(void) {
    int fd = open("/sys/fs/cgroup/cgroup.procs", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const char *text = contents(fd);
    close(fd);
    return strncmp(text, "0\n", 2) == 0 || strstr(text, "\n0\n") != NULL;
}

uint8_t cgroup_open(void) {
    if (is_shared()) return 0;
    for (uint8_t each = 1; each <= 2 && version == 0; each++) {
        usage_fd = open(versions[each - 1].usage, O_RDONLY | O_CLOEXEC);
        stat_fd = open(versions[each - 1].stat, O_RDONLY | O_CLOEXEC);
        if (usage_fd >= 0 && stat_fd >= 0) {
            peak_fd = open(versions[each - 1].peak, O_RDONLY | O_CLOEXEC);
            events_fd = open(versions[each - 1].events, O_RDONLY | O_CLOEXEC);
            version = each;
        } else {
            if (usage_fd >= 0) close(usage_fd);
            if (stat_fd >= 0) close(stat_fd);
        }
    }
    kernel_peak = counter(peak_fd);
    return version;
}

uint8_t cgroup_version(void) { return version; }

static uint64_t tmp_bytes(void) {
    struct statfs tmp;
    if (statfs("/tmp", &tmp) < 0 || tmp.f_type != TMPFS) return 0;
    return (uint64_t)(tmp.f_blocks - tmp.f_bfree) * (uint64_t)tmp.f_bsize;
}

static uint64_t less(uint64_t value, uint64_t part) { return value > part ? value - part : 0; }

const struct figures *cgroup_sample(bool briefly) {
    if (version == 0) return &figures;
    uint64_t excluded_before = excluded, usage_before = usage, tmp_before = tmp_bytes(), peak = counter(peak_fd);
    usage = counter(usage_fd);
    if (briefly && usage == usage_before && peak == kernel_peak && tmp_before == figures.tmp) return &figures;
    const char *stat = contents(stat_fd);
    uint64_t shmem = field(stat, versions[version - 1].shmem);
    uint64_t cache = field(stat, versions[version - 1].file) + field(stat, versions[version - 1].reclaimable);
    /* A file deleted between two readings must not count as own memory. The second reading wins if it is lower. */
    uint64_t usage_after = counter(usage_fd);
    if (usage_after < usage) usage = usage_after;
    figures.tmp = tmp_bytes();
    uint64_t in_tmp = figures.tmp > tmp_before ? figures.tmp : tmp_before;
    /* The cache includes all shared memory, of which only that in /tmp is excluded from the function's own memory. */
    excluded = less(cache, less(shmem, in_tmp));
    figures.own = less(usage, excluded);
    if (figures.own > figures.own_peak) figures.own_peak = figures.own;
    if (peak <= kernel_peak) return &figures;
    /* The kernel saw a new peak between two samples, but not how much of it was file cache. The estimate subtracts
       the larger excluded part of the two, so that a file written or deleted meanwhile does not count. */
    kernel_peak = peak;
    uint64_t estimate = less(peak, excluded > excluded_before ? excluded : excluded_before);
    if (peak_cap > 0 && estimate > peak_cap) estimate = peak_cap;
    if (estimate > figures.own_peak) figures.own_peak = estimate;
    return &figures;
}

void cgroup_reset_peak(void) { figures.own_peak = figures.own; }

void cgroup_cap_peak(uint64_t limit) { peak_cap = limit; }

uint64_t cgroup_oom_kills(void) { return field(contents(events_fd), "oom_kill"); }

/* The memory counters of this process's cgroup, version 1 or 2. */
#pragma once

#include "die.h"

struct figures {
    /* The function's own memory: usage less file cache and less what lies in /tmp. Other shared memory counts. */
    uint64_t own, own_peak;
    /* Bytes that the tmpfs at /tmp holds. */
    uint64_t tmp;
};

/* Returns the cgroup's version, 0 where its counters cannot be read. */
uint8_t cgroup_open(void);
uint8_t cgroup_version(void);
/* Reads the counters. `briefly` skips the costly one where the cheap ones have not changed. Zeros for version 0. */
const struct figures *cgroup_sample(bool briefly);
void cgroup_reset_peak(void);
/* A limit that is enforced: estimates of the peak between two samples do not exceed it. 0: no limit. */
void cgroup_cap_peak(uint64_t limit);
/* How often the kernel has killed a process of this cgroup for want of memory. */
uint64_t cgroup_oom_kills(void);

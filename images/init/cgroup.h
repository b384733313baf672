/* The memory counters of this process's cgroup, version 1 or 2. */
#pragma once

#include "die.h"

struct figures {
    /* The function's own memory: usage without file cache and files in /tmp. Other shared memory counts. */
    uint64_t own, own_peak;
    /* Bytes in the tmpfs at /tmp. */
    uint64_t tmp;
};

/* Returns the cgroup's version, or 0 if its counters cannot be read. */
uint8_t cgroup_open(void);
uint8_t cgroup_version(void);
/* Reads the counters. `briefly` skips the costly one if the cheap ones have not changed. All 0 for version 0. */
const struct figures *cgroup_sample(bool briefly);
void cgroup_reset_peak(void);
/* Caps estimates of the peak between two samples at an enforced limit. 0: no limit. */
void cgroup_cap_peak(uint64_t limit);
/* Number of times that the kernel has killed a process of this cgroup because it was out of memory. */
uint64_t cgroup_oom_kills(void);

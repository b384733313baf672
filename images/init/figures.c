#include "figures.h"

#include <stdio.h>

#include "cgroup.h"
#include "control.h"
#include "output.h"
#include "protocol.h"

bool figures_send(uint32_t id, bool reset_peak) {
    if (!outputs_drain()) return false;
    const struct figures *figures = cgroup_sample(true);
    send_memory(id, figures->own, figures->own_peak, figures->tmp);
    if (reset_peak) cgroup_reset_peak();
    return true;
}

size_t figures_stamp(char header[STAMP_MOST]) {
    if (!outputs_drain()) return 0;
    const struct figures *figures = cgroup_sample(true);
    return (size_t)snprintf(header, STAMP_MOST, "Lambdock-Stamp: %lu %llu %llu %llu\r\n",
                            (unsigned long)control_frame_count(), (unsigned long long)figures->own,
                            (unsigned long long)figures->own_peak, (unsigned long long)figures->tmp);
}

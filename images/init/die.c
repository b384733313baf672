#include "die.h"

#include <stdio.h>

void die(const char *what) {
    dprintf(STDERR_FILENO, "lambdock init: %s: %s\n", what, strerror(errno));
    exit(1);
}

void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) die("memory");
    return memory;
}

int require(int result, const char *what) {
    if (result < 0) die(what);
    return result;
}

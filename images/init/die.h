#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints what failed, with errno's text, and ends this program with status 1. */
_Noreturn void die(const char *what);
/* Zeroed memory; never NULL. */
void *allocate(size_t size);
/* For calls whose failure would weaken a promise: dies where the result is negative, else returns it. */
int require(int result, const char *what);

#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints what failed, with the text of errno, and exits with status 1. */
_Noreturn void die(const char *what);
/* Allocates zeroed memory. Never returns NULL. */
void *allocate(size_t size);
/* For calls that must not fail: dies if the result is negative, otherwise returns it. */
int require(int result, const char *what);

/* Connections of the function to lambdock, and from lambdock to a port inside. */
#pragma once

#include "die.h"

/* Listens on 127.0.0.1; returns the socket. */
int relay_listen(uint16_t port);
/* Accepts and relays connections. Not called where lambdock accepts them itself. */
void relay_accept(void);
/* Connects to a port inside, then to lambdock, which asked for it under this id. */
void relay_dial(uint32_t id, uint16_t port);
/* Closes every connection, and those that were not accepted yet. */
void relay_drop_all(void);
/* Frees closed connections. Call it in each turn. */
void relay_settle(void);

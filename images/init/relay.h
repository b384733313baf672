/* Relays connections from the function to lambdock, and from lambdock to a port in the sandbox. */
#pragma once

#include "die.h"

/* Listens on 127.0.0.1 and returns the socket. */
int relay_listen(uint16_t port);
/* Accepts and relays connections. Not called if lambdock accepts them itself. */
void relay_accept(void);
/* Connects to a port in the sandbox, then to lambdock, which requested the connection with this id. */
void relay_dial(uint32_t id, uint16_t port);
/* Closes all connections, including those that are not accepted yet. */
void relay_drop_all(void);
/* Frees closed connections. Call it in each turn. */
void relay_settle(void);

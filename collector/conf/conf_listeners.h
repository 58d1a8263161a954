/* The list of listeners of a struct conf, and ADDR:PORT, the short way to write one. */
#pragma once

#include "collector/conf/conf.h"

/* Empties the list and frees what it owns. */
void listeners_clear(struct conf *conf);

/* A new listener at the end, with the presets; NULL if there are CONF_LISTENERS_MAX. */
struct conf_listener *listeners_add(struct conf *conf);

/* Adds ADDR:PORT,ADDR:PORT... to the list. 0, or -EINVAL and an error that starts with shown. */
int listeners_read(struct conf *conf, const char *shown, const char *text,
		   char error[CONF_ERROR_MAX]);

/* Two listeners that want the same datagrams, if there are: :: takes what 0.0.0.0 would. Port 0
 * never collides. */
bool listeners_collide(const struct conf *conf, size_t *first, size_t *second);

/* "192.0.2.1:2055", "[2001:db8::1]:2055", ":2055" (the address ::). False, and nothing is written,
 * if it is not that. */
bool address_split(const char *text, char address[CONF_ADDRESS_MAX], uint16_t *port);

/* The other way; room for both and brackets. */
#define ADDRESS_PORT_MAX (CONF_ADDRESS_MAX + 9)
void address_join(const char *address, uint16_t port, char out[ADDRESS_PORT_MAX]);

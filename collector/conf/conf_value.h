/* The value of one key: read from text, and shown as text, by its kind. KIND_LISTENERS is no value
 * but a list of objects: conf_listeners.c and conf_json.c see to it.
 *
 * base: the struct that the offset of the key counts from. shown: what errors call the key.
 */
#pragma once

#include "collector/conf/conf_kind.h"

#define VALUE_NAME_MAX 192 /* room for what a key is called */

/* Formats an error, free of control characters; returns -EINVAL. */
int conf_complain(char error[CONF_ERROR_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Sets the member from text (a list: its items separated by commas, in place of what it held). 0,
 * or -EINVAL or -ENOMEM and an error; the member is unspecified then. */
int value_read(const struct conf_key *key, void *base, const char *shown, const char *text,
	       char error[CONF_ERROR_MAX]);

/* The same item by item: value_clear(), then value_add() for each. */
bool value_is_list(const struct conf_key *key);
void value_clear(const struct conf_key *key, void *base);
int value_add(const struct conf_key *key, void *base, const char *shown, const char *item,
	      char error[CONF_ERROR_MAX]);

/* As value_read() takes it, but for the secrets of URLs. Not for lists. */
void value_print(const struct conf_key *key, const void *base, char out[KIND_TEXT_MAX]);

/* The item of a list at i; false: there are no more. */
bool value_item(const struct conf_key *key, const void *base, size_t i, char out[KIND_ITEM_MAX]);

/* "wants a whole number from 0 to 256, not GOT" as the error; returns -EINVAL. */
int value_refuse(const struct conf_key *key, const char *shown, const char *got,
		 char error[CONF_ERROR_MAX]);

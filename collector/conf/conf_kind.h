/* What the values of a kind look like, in text and in struct conf: one row a kind. The part of
 * conf_value.c that differs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/conf/conf_table.h"

#define KIND_WHY_MAX  192
#define KIND_TEXT_MAX 1088 /* of a value that is no list */
#define KIND_ITEM_MAX 72   /* of an item of a list */

struct kind {
	const char *name;
	const char *wants; /* in errors; NULL: the words of the key */
	bool ranged;       /* min and max of the key hold */
	/* Sets the member; of a list, adds one item to it. 0, -EINVAL or -ENOMEM. why says more
	 * than wants does, or stays as it is. */
	int (*read)(const struct conf_key *key, void *member, const char *text,
		    char why[KIND_WHY_MAX]);
	/* As read takes it, but without secrets; not of a list. */
	void (*print)(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX]);
	/* Only of a list: empties it; shows the item at i, or says that there is none. */
	void (*clear)(void *member);
	bool (*item)(const void *member, size_t i, char out[KIND_ITEM_MAX]);
};

/* KIND_LISTENERS has a row without functions: its items are objects. */
extern const struct kind kinds[KIND_COUNT];

/* The lists (conf_list.c). */
int protocols_add(const struct conf_key *key, void *member, const char *text,
		  char why[KIND_WHY_MAX]);
void protocols_clear(void *member);
bool protocols_item(const void *member, size_t i, char out[KIND_ITEM_MAX]);
int networks_add(const struct conf_key *key, void *member, const char *text,
		 char why[KIND_WHY_MAX]);
void networks_clear(void *member);
bool networks_item(const void *member, size_t i, char out[KIND_ITEM_MAX]);
int rates_add(const struct conf_key *key, void *member, const char *text, char why[KIND_WHY_MAX]);
void rates_clear(void *member);
bool rates_item(const void *member, size_t i, char out[KIND_ITEM_MAX]);

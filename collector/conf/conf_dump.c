#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf_value.h"

static json_t *list_json(const struct conf_key *key, const void *base)
{
	char item[KIND_ITEM_MAX];
	json_t *list = json_array();

	for (size_t i = 0; value_item(key, base, i, item); i++)
		if (json_array_append_new(list, json_string(item)))
			break; /* out of memory: json_dumps() will not have it either */
	return list;
}

static json_t *value_json(const struct conf_key *key, const void *base)
{
	char text[KIND_TEXT_MAX];

	if (value_is_list(key))
		return list_json(key, base);
	value_print(key, base, text);
	if (key->kind == KIND_NUMBER || key->kind == KIND_PORT)
		return json_integer(strtoll(text, NULL, 10));
	if (key->kind == KIND_BOOL)
		return json_boolean(strcmp(text, "true") == 0);
	return json_string(text);
}

/* The object that the key is a member of; it is made on the way. *name: the last part of the path.
 * NULL if out of memory. */
static json_t *section_json(json_t *root, const struct conf_key *key, const char **name)
{
	json_t *object = root;

	for (*name = key->path;;) {
		size_t len = strcspn(*name, ".");
		json_t *inner;

		if (!(*name)[len])
			return object;
		inner = json_object_getn(object, *name, len);
		if (!inner) {
			inner = json_object();
			if (json_object_setn_new(object, *name, len, inner))
				return NULL;
		}
		object = inner;
		*name += len + 1;
	}
}

/* NOLINTBEGIN(misc-no-recursion): listeners hold no listeners */
static json_t *listeners_json(const struct conf *conf);

static json_t *table_json(const struct conf_table *table, const void *base)
{
	json_t *root = json_object();

	for (size_t i = 0; i < table->n; i++) {
		const struct conf_key *key = &table->keys[i];
		const char *name;
		json_t *object = section_json(root, key, &name);
		json_t *value =
			key->kind == KIND_LISTENERS ? listeners_json(base) : value_json(key, base);

		if (json_object_set_new(object, name, value)) {
			json_decref(root);
			return NULL;
		}
	}
	return root;
}

static json_t *listeners_json(const struct conf *conf)
{
	json_t *list = json_array();

	for (size_t i = 0; i < conf->listeners_n; i++) {
		if (json_array_append_new(list,
					  table_json(&conf_listener_table, &conf->listeners[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* NOLINTEND(misc-no-recursion) */

char *conf_json(const struct conf *conf)
{
	json_t *root = table_json(&conf_table, conf);
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;

	json_decref(root);
	return text;
}

/* The configuration as JSON, in and out; with conf_json.c the only place that knows jansson. */
#pragma once

#include "collector/conf/conf.h"

/* Applies a whole document. 0, or -EINVAL or -ENOMEM and an error: "LINE:COLUMN: ..." for syntax,
 * "path.of.key: ..." for everything else. */
int conf_json_read(struct conf *conf, const char *text, size_t len, char error[CONF_ERROR_MAX]);

/* Replaces the listeners by a JSON list of them. */
int conf_json_read_listeners(struct conf *conf, const char *shown, const char *text,
			     char error[CONF_ERROR_MAX]);

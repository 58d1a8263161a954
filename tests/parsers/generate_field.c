#include "tests/parsers/generate_field.h"

#include <string.h>

#include "parsers/ie.h"
#include "parsers/mapping.h"
#include "tests/parsers/world.h"
#include "tests/support/random.h"

#define NTP_TO_UNIX 2208988800u
#define FIRST_LIST  291u
#define LISTS       3u

/* --- fields ---------------------------------------------------------------------------------- */

/* 255: any length. */
static uint8_t length_usual(enum ie_type type)
{
	static const uint8_t usual[IE_TYPE_COUNT] = {
		[IE_U8] = 1,           [IE_U16] = 2,          [IE_U32] = 4,   [IE_U64] = 8,
		[IE_S8] = 1,           [IE_S16] = 2,          [IE_S32] = 4,   [IE_S64] = 8,
		[IE_F32] = 4,          [IE_F64] = 8,          [IE_BOOL] = 1,  [IE_MAC] = 6,
		[IE_SECONDS] = 4,      [IE_MILLISECONDS] = 8, [IE_IPV4] = 4,  [IE_IPV6] = 16,
		[IE_MICROSECONDS] = 8, [IE_NANOSECONDS] = 8,  [IE_U256] = 32,
	};

	return usual[type] ? usual[type] : 255;
}

static bool is_integer(enum ie_type type)
{
	return type >= IE_U8 && type <= IE_S64 && type != IE_U256;
}

static uint16_t length_for(uint64_t *random, const struct tmpl_field *f)
{
	const struct ie *ie = ie_find((enum ie_space)f->space, f->pen, f->id);
	const struct map_row *row = map_find(f->pen, f->id);
	enum ie_type type = ie ? (enum ie_type)ie->type : IE_OCTETS;
	uint8_t usual = length_usual(type);

	if (random_once(random, 24)) /* fits or not */
		return (uint16_t)random_below(random, 24);
	if (row && row->kind == MAP_LABEL)
		return (uint16_t)(3 + random_below(random, 2));
	if (is_integer(type) && random_once(random, 2))
		return (uint16_t)(1 + random_below(random, 8));
	if (type == IE_F64 && random_once(random, 3))
		return 4; /* RFC 7011 section 6.2 */
	if (usual != 255)
		return usual;
	return (uint16_t)random_below(random, random_once(random, 50) ? 1200 : 40);
}

static void element_from(uint64_t *random, enum ie_table table, struct tmpl_field *f)
{
	size_t n;
	const struct ie *rows = ie_table(table, &n);
	const struct ie *ie = &rows[random_below(random, (uint32_t)n)];

	f->pen = ie->pen;
	f->id = ie->id;
}

static void element_mapped(uint64_t *random, bool netflow9, struct tmpl_field *f)
{
	size_t n;
	const struct map_row *rows = map_table(&n);
	const struct map_row *row;

	do {
		row = &rows[random_below(random, (uint32_t)n)];
	} while (netflow9 ? row->pen != 0 : row->id >= 0x8000);
	f->pen = row->pen;
	f->id = row->id;
}

static void element_choose(uint64_t *random, bool netflow9, struct tmpl_field *f)
{
	switch (random_below(random, 16)) {
	case 0: /* any number, known or not */
		f->id = (uint16_t)random_below(random, netflow9 ? 65536 : 32768);
		break;
	case 1: /* a vendor's */
		element_from(random, netflow9 ? IE_TABLE_NETFLOW9 : IE_TABLE_VENDORS, f);
		break;
	case 2: /* the reverse direction, or filler */
		if (!netflow9) {
			element_from(random, IE_TABLE_IANA, f);
			f->pen = IE_PEN_REVERSE;
		}
		break;
	case 3: /* a PEN above 16 bits */
		f->id = (uint16_t)(1 + random_below(random, 400));
		f->pen = netflow9 ? 0 : 1 + (uint32_t)(random_u64(random) >> 33);
		break;
	case 4:
		f->id = (uint16_t)(FIRST_LIST + random_below(random, LISTS));
		break;
	case 5:
	case 6:
	case 7:
	case 8:
		element_from(random, IE_TABLE_IANA, f);
		break;
	default:
		element_mapped(random, netflow9, f);
		break;
	}
}

struct tmpl_field field_invent(uint64_t *random, bool netflow9, bool scope)
{
	struct tmpl_field f = {.space = netflow9 ? IE_SPACE_NETFLOW9 : IE_SPACE_IPFIX};

	if (netflow9 && scope) {
		f.space = IE_SPACE_SCOPE9;
		f.id = (uint16_t)(1 + random_below(random, 6));
		f.len = (uint16_t)(2 * random_below(random, 3));
		return f;
	}
	element_choose(random, netflow9, &f);
	f.len = length_for(random, &f);
	if (random_once(random, 8) || (f.pen == 0 && f.id - FIRST_LIST < LISTS))
		f.len = TMPL_VARLEN;
	return f;
}

/* --- values ---------------------------------------------------------------------------------- */

static void integer_write(uint8_t *octets, size_t len, uint64_t v)
{
	for (size_t i = len; i-- > 0; v >>= 8)
		octets[i] = (uint8_t)v;
}

static void noise_write(uint64_t *random, uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		octets[i] = (uint8_t)random_below(random, 256);
}

/* Zero, small, all ones, anything. */
static void number_write(uint64_t *random, uint8_t *octets, size_t len)
{
	switch (random_below(random, 5)) {
	case 0:
		memset(octets, 0, len);
		break;
	case 1:
	case 2:
		memset(octets, 0, len);
		if (len)
			octets[len - 1] = (uint8_t)random_below(random, 256);
		break;
	case 3:
		memset(octets, 0xff, len);
		break;
	default:
		noise_write(random, octets, len);
	}
}

/* Within an hour of the export, as most times are; false: this is no time, or does not fit. */
static bool time_write(uint64_t *random, enum ie_type type, uint8_t *octets, size_t len)
{
	uint64_t s = WORLD_EXPORT_S - random_below(random, 3600);

	if (type == IE_SECONDS && len >= 4 && len <= 8)
		integer_write(octets, len, s);
	else if (type == IE_MILLISECONDS && len >= 6 && len <= 8)
		integer_write(octets, len, s * 1000 + random_below(random, 1000));
	else if ((type == IE_MICROSECONDS || type == IE_NANOSECONDS) && len == 8)
		integer_write(octets, len, (s + NTP_TO_UNIX) << 32 | random_u64(random) >> 32);
	else
		return false;
	return true;
}

static void text_write(uint64_t *random, uint8_t *octets, size_t len)
{
	size_t used = random_once(random, 2) ? len : random_below(random, (uint32_t)len + 1);

	memset(octets, random_once(random, 2) ? ' ' : 0, len);
	for (size_t i = 0; i < used; i++)
		octets[i] =
			(uint8_t)(random_once(random, 16) ? ' ' : 'a' + random_below(random, 26));
}

/* RFC 6313 section 4.5.1: semantic, element, length, and as many items as there are. */
static uint16_t basic_list_write(uint64_t *random, uint8_t *octets)
{
	uint16_t items = (uint16_t)random_below(random, 8);
	uint16_t len = (uint16_t)(1 + random_below(random, 8));

	octets[0] = (uint8_t)random_below(random, 5);
	integer_write(octets + 1, 2, 1 + random_below(random, 400));
	integer_write(octets + 3, 2, len);
	noise_write(random, octets + 5, (size_t)items * len);
	return (uint16_t)(5 + items * len);
}

/* Sections 4.5.2 and 4.5.3: semantic, template id, records; a multi-list says how long they are. */
static uint16_t template_list_write(uint64_t *random, bool multi, uint8_t *octets)
{
	uint16_t len = (uint16_t)random_below(random, 300);
	uint16_t header = multi ? 5 : 3;

	octets[0] = (uint8_t)random_below(random, 5);
	integer_write(octets + 1, 2, TMPL_ID_LOWEST + random_below(random, 6));
	if (multi)
		integer_write(octets + 3, 2, 4u + len);
	noise_write(random, octets + header, len);
	return (uint16_t)(header + len);
}

static uint16_t list_write(uint64_t *random, uint16_t id, uint8_t *octets)
{
	return id == FIRST_LIST ? basic_list_write(random, octets)
				: template_list_write(random, id != FIRST_LIST + 1, octets);
}

uint16_t value_invent(uint64_t *random, const struct tmpl_field *f, uint8_t *octets)
{
	const struct ie *ie = ie_find((enum ie_space)f->space, f->pen, f->id);
	enum ie_type type = ie ? (enum ie_type)ie->type : IE_OCTETS;
	uint16_t len = f->len == TMPL_VARLEN ? length_for(random, f) : f->len;

	if (f->len == TMPL_VARLEN && f->pen == 0 && f->id - FIRST_LIST < LISTS)
		return list_write(random, f->id, octets);
	if (type == IE_STRING && !random_once(random, 8))
		text_write(random, octets, len);
	else if (random_once(random, 4) || !time_write(random, type, octets, len))
		number_write(random, octets, len);
	return len;
}

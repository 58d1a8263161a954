#include "collector/encode/element_value.h"

#include <math.h>
#include <string.h>

#include "parsers/wire.h"

#define INTEGER_LEN_MAX 8
#define NTP_LEN         8
#define NTP_UNIX_S      UINT64_C(2208988800) /* from 1900 to 1970 */
#define NTP_ERA_S       (UINT64_C(1) << 32)
#define MICROSECONDS    UINT64_C(1000000)
#define NANOSECONDS     UINT64_C(1000000000)

void element_hex_put(struct text *out, const uint8_t *octets, size_t len)
{
	text_char(out, '"');
	text_hex(out, octets, len);
	text_char(out, '"');
}

static bool unsigned_put(struct text *out, const uint8_t *octets, size_t len)
{
	if (len > INTEGER_LEN_MAX)
		return false;
	text_u64(out, load_be(octets, len));
	return true;
}

static bool signed_put(struct text *out, const uint8_t *octets, size_t len)
{
	uint64_t v;

	if (len > INTEGER_LEN_MAX)
		return false;
	v = load_be(octets, len);
	if (octets[0] & 0x80 && len < INTEGER_LEN_MAX)
		v |= UINT64_MAX << (8 * len); /* RFC 7011 section 6.2: sign-extended */
	text_i64(out, (int64_t)v);
	return true;
}

static bool float_put(struct text *out, const uint8_t *octets, size_t len)
{
	uint32_t single_bits;
	uint64_t double_bits;
	float single_value;
	double v;

	if (len == sizeof(single_bits)) {
		single_bits = load_be32(octets);
		memcpy(&single_value, &single_bits, sizeof(single_value));
		v = (double)single_value;
	} else if (len == sizeof(double_bits)) {
		double_bits = load_be64(octets);
		memcpy(&v, &double_bits, sizeof(v));
	} else {
		return false;
	}
	if (!isfinite(v))
		return false; /* JSON has no number for it */
	text_double(out, v);
	return true;
}

static bool boolean_put(struct text *out, const uint8_t *octets, size_t len)
{
	/* RFC 7011 section 6.1.5: 1 is true, 2 is false, the rest is undefined. */
	if (len != 1 || octets[0] < 1 || octets[0] > 2)
		return false;
	text_str(out, octets[0] == 1 ? "true" : "false");
	return true;
}

/* RFC 7011 sections 6.1.9 and 6.1.10; before 1970 means the era that starts in 2036
 * (wire-quirks 71). */
static bool ntp_put(struct text *out, const uint8_t *octets, size_t len, uint64_t units_per_s)
{
	uint64_t seconds, fraction;

	if (len != NTP_LEN)
		return false;
	seconds = load_be32(octets);
	fraction = load_be32(octets + 4);
	if (seconds < NTP_UNIX_S)
		seconds += NTP_ERA_S;
	text_u64(out, (seconds - NTP_UNIX_S) * units_per_s + (fraction * units_per_s >> 32));
	return true;
}

static bool string_put(struct text *out, const uint8_t *octets, size_t len)
{
	size_t shown = len;

	while (shown && octets[shown - 1] == 0)
		shown--;
	if (text_is_utf8(octets, shown)) {
		text_json(out, octets, shown);
		return true;
	}
	text_str(out, "{\"hex\":");
	element_hex_put(out, octets, len);
	text_char(out, '}');
	return true;
}

static bool mac_put(struct text *out, const uint8_t *octets, size_t len)
{
	if (len != 6)
		return false;
	text_char(out, '"');
	text_mac(out, octets);
	text_char(out, '"');
	return true;
}

static bool address_put(struct text *out, const uint8_t *octets, size_t len, size_t want)
{
	if (len != want)
		return false;
	text_char(out, '"');
	if (len == 4)
		text_ipv4(out, octets);
	else
		text_ipv6(out, octets);
	text_char(out, '"');
	return true;
}

/* False: the octets do not fit the type, nothing was written. len > 0. */
static bool typed_put(struct text *out, enum ie_type type, const uint8_t *octets, size_t len)
{
	switch (type) {
	case IE_U8:
	case IE_U16:
	case IE_U32:
	case IE_U64:
	case IE_U256:
	case IE_SECONDS:
	case IE_MILLISECONDS:
		return unsigned_put(out, octets, len);
	case IE_S8:
	case IE_S16:
	case IE_S32:
	case IE_S64:
		return signed_put(out, octets, len);
	case IE_F32:
	case IE_F64:
		return float_put(out, octets, len);
	case IE_BOOL:
		return boolean_put(out, octets, len);
	case IE_MAC:
		return mac_put(out, octets, len);
	case IE_STRING:
		return string_put(out, octets, len);
	case IE_MICROSECONDS:
		return ntp_put(out, octets, len, MICROSECONDS);
	case IE_NANOSECONDS:
		return ntp_put(out, octets, len, NANOSECONDS);
	case IE_IPV4:
		return address_put(out, octets, len, 4);
	case IE_IPV6:
		return address_put(out, octets, len, 16);
	case IE_OCTETS:
	case IE_BASIC_LIST:
	case IE_TMPL_LIST:
	case IE_TMPL_MULTILIST:
	case IE_TYPE_COUNT:
		return false;
	}
	return false;
}

void element_value_put(struct text *out, enum ie_type type, const uint8_t *octets, size_t len)
{
	if (len == 0)
		text_str(out, "\"\"");
	else if (!typed_put(out, type, octets, len))
		element_hex_put(out, octets, len);
}

/* "reverse" and the name with its first letter raised. */
void element_name_put(struct text *out, const struct tmpl_field *f, const struct ie *ie)
{
	const char *name = ie->name;

	if (f->pen == IE_PEN_REVERSE) {
		text_str(out, "reverse");
		text_char(out, (char)(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name));
		name++;
	}
	text_str(out, name);
}

#include "parsers/option.h"

#include "parsers/ie.h"
#include "parsers/record.h"
#include "parsers/template.h"
#include "parsers/value.h"

#define SCOPE9_INTERFACE 2u
#define SCOPE9_TEMPLATE  5u
#define INTEGER_MAX      8u /* octets */
#define NAME_OCTETS_MAX  255u

/* The elements that matter, and where their values are gathered. */
struct gathered {
	struct record_sampling sampling;
	uint64_t boot_ms, selector, tmpl, interface, process, vrf, application;
	struct octets interface_name, interface_description, vrf_name, application_name;
	unsigned names_cut;
	bool has_selector, has_tmpl, has_interface, has_process, has_vrf, has_application;
};

/* Takes the first value that is told: scope first, because scopes stand first (wire-quirks 55). */
static void key_take(bool *has, uint64_t *key, uint64_t v)
{
	if (!*has)
		*key = v;
	*has = true;
}

/* As a name, but no longer than the limit: it goes into every flow that asks for it. */
static struct octets name_cut(struct gathered *g, const uint8_t *p, size_t len)
{
	struct octets name = value_text(p, len);

	if (name.len > NAME_OCTETS_MAX) {
		name.len = NAME_OCTETS_MAX;
		g->names_cut++;
	}
	return name;
}

static void value_gather(struct gathered *g, uint16_t id, const uint8_t *p, size_t len)
{
	switch (id) {
	case 82:
		g->interface_name = name_cut(g, p, len);
		break;
	case 83:
		g->interface_description = name_cut(g, p, len);
		break;
	case 96:
		g->application_name = name_cut(g, p, len);
		break;
	case 236:
		g->vrf_name = name_cut(g, p, len);
		break;
	case 311:
		g->sampling.probability = value_float(p, len);
		break;
	default:
		break;
	}
}

static void key_gather(struct gathered *g, uint16_t id, uint64_t v)
{
	switch (id) {
	case 10:
	case 14:
	case 252:
		key_take(&g->has_interface, &g->interface, v);
		break;
	case 48:
	case 302:
		key_take(&g->has_selector, &g->selector, v);
		break;
	case 95:
		key_take(&g->has_application, &g->application, v);
		break;
	case 143:
	case 144:
		key_take(&g->has_process, &g->process, v);
		break;
	case 145:
		key_take(&g->has_tmpl, &g->tmpl, v);
		break;
	case 160:
		g->boot_ms = v;
		break;
	case 234:
	case 235:
		key_take(&g->has_vrf, &g->vrf, v);
		break;
	default:
		break;
	}
}

static void rate_gather(struct gathered *g, uint16_t id, uint64_t v)
{
	switch (id) {
	case 34:
		g->sampling.interval = v;
		break;
	case 50:
		g->sampling.random = v;
		break;
	case 305:
		g->sampling.packets = v;
		break;
	case 306:
		g->sampling.space = v;
		g->sampling.has_space = true;
		break;
	case 309:
		g->sampling.size = v;
		break;
	case 310:
		g->sampling.population = v;
		break;
	default:
		break;
	}
}

static void field_gather(struct gathered *g, const struct tmpl_field *f, const uint8_t *p,
			 size_t len)
{
	if (f->pen != IE_PEN_IANA || f->space == IE_SPACE_NOBODY)
		return;
	if (f->space != IE_SPACE_SCOPE9)
		value_gather(g, f->id, p, len);
	if (len == 0 || len > INTEGER_MAX)
		return;
	if (f->space != IE_SPACE_SCOPE9) {
		key_gather(g, f->id, load_be(p, len));
		rate_gather(g, f->id, load_be(p, len));
	} else if (f->id == SCOPE9_INTERFACE) {
		key_take(&g->has_interface, &g->interface, load_be(p, len));
	} else if (f->id == SCOPE9_TEMPLATE) {
		key_take(&g->has_tmpl, &g->tmpl, load_be(p, len));
	}
}

static void reach_choose(const struct gathered *g, struct option_facts *out)
{
	if (g->has_selector) {
		out->reach = REACH_SELECTOR;
		out->reach_key = g->selector;
	} else if (g->has_tmpl) {
		out->reach = REACH_TEMPLATE;
		out->reach_key = g->tmpl;
	} else if (g->has_interface) {
		out->reach = REACH_INTERFACE;
		out->reach_key = g->interface;
	} else {
		out->reach = REACH_DOMAIN;
		out->reach_key = g->process;
	}
}

static void name_put(struct option_facts *out, enum option_name kind, bool has_key, uint64_t key,
		     struct octets name)
{
	out->names[kind].has = has_key && name.len > 0;
	out->names[kind].id = key;
	out->names[kind].name = name;
}

void option_read(const struct raw_record *r, struct option_facts *out, struct parse_tally *tally)
{
	struct gathered g = {0};

	for (uint16_t i = 0; i < r->tmpl->fields_n; i++)
		field_gather(&g, &r->tmpl->fields[i], r->octets + r->spans[i].offset,
			     r->spans[i].len);
	*out = (struct option_facts){.boot_ms = g.boot_ms};
	out->rate = sampling_rate(&g.sampling, tally);
	tally->notes[NOTE_NAME_CUT] += g.names_cut;
	reach_choose(&g, out);
	name_put(out, NAME_INTERFACE, g.has_interface, g.interface,
		 g.interface_name.len ? g.interface_name : g.interface_description);
	name_put(out, NAME_VRF, g.has_vrf, g.vrf, g.vrf_name);
	name_put(out, NAME_APPLICATION, g.has_application, g.application, g.application_name);
}

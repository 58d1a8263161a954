#include "parsers/sets.h"

#include "parsers/record.h"
#include "parsers/template.h"
#include "parsers/value.h"

#define SET_HEADER        4u /* id, length: RFC 7011 section 3.3.2 */
#define TEMPLATE_SHORTEST 4u /* a withdrawal; less is padding */

/* What the Sets of one message share. */
struct walk {
	const struct message *message;
	const struct dialect *dialect;
	const struct parse_env *env;
	struct parse_tally *tally; /* of env */
	uint32_t records;          /* decoded so far */
	bool exact;                /* there is no record that we do not know of */
};

static void template_learn(struct walk *k, const struct tmpl_record *r)
{
	struct parse_tally *tally = k->tally;
	enum tmpl_learnt learnt;

	if (r->options)
		tally->templates_options++;
	else
		tally->templates_data++;
	if (r->options && !r->netflow9 && r->scope_n == 0)
		tally->notes[NOTE_SCOPE_ZERO]++; /* forbidden, but harmless: wire-quirks 54 */
	learnt = k->env->book->learn(k->env->book->ctx, k->message, r);
	tally->templates[learnt]++;
	if (learnt == TMPL_REFUSED)
		tally->templates_refused[PARSE_TMPL_LIMIT]++;
}

/* A template id of zero is padding, in v9 and IPFIX alike (wire-quirks 25). */
static bool padding_ahead(const struct wire *set)
{
	return set->left < TEMPLATE_SHORTEST || load_be16(set->pos) == 0;
}

static enum parse_status templates_parse(struct walk *k, bool options, struct wire set)
{
	while (!padding_ahead(&set)) {
		struct tmpl_record r;
		enum parse_status status = tmpl_read(&set, k->dialect->netflow9, options, &r);

		if (status == PARSE_OK) {
			template_learn(k, &r);
			continue;
		}
		if (status == PARSE_TMPL_EMPTY && r.fields_n == 0 && !k->dialect->netflow9) {
			k->tally->notes[NOTE_WITHDRAWAL]++; /* ignored: RFC 7011 section 8.4 */
			continue;
		}
		k->tally->templates_refused[status]++;
		if (status == PARSE_TMPL_CUT || status == PARSE_TMPL_SCOPE)
			return PARSE_BAD_TEMPLATE;
	}
	if (!value_is_zero(set.pos, set.left))
		k->tally->notes[NOTE_DIRTY_PADDING]++;
	return PARSE_OK;
}

static bool outcome_count(struct parse_tally *tally, enum parse_status status)
{
	if (status == PARSE_OK)
		tally->sets_decoded++;
	else
		tally->sets_skipped[status]++;
	return status == PARSE_OK;
}

static void set_count(struct walk *k, enum parse_status status)
{
	k->exact &= outcome_count(k->tally, status);
}

static void data_parse(struct walk *k, uint16_t id, struct wire set)
{
	const struct tmpl *t = k->env->book->find(k->env->book->ctx, k->message, id);

	if (t) {
		set_count(k, records_parse(k->message, t, set, k->env, &k->records));
		return;
	}
	k->exact = false;
	k->tally->sets_missed++;
	if (k->env->book->park(k->env->book->ctx, k->message, id, set))
		k->tally->sets_parked++;
	else
		k->tally->sets_park_refused++;
}

static void set_parse(struct walk *k, uint16_t id, struct wire set)
{
	k->tally->sets_received++;
	if (id >= TMPL_ID_LOWEST)
		data_parse(k, id, set);
	else if (id == k->dialect->template_set)
		set_count(k, templates_parse(k, false, set));
	else if (id == k->dialect->options_set)
		set_count(k, templates_parse(k, true, set));
	else
		set_count(k, PARSE_RESERVED_SET);
}

/* Fewer than four octets behind the last Set, or nothing but zeros: some exporters fill a datagram
 * up to its MTU (wire-quirks 6). */
static bool rest_is_padding(const struct wire *body, struct parse_tally *tally)
{
	bool zero = value_is_zero(body->pos, body->left);

	if (!zero && body->left < SET_HEADER)
		tally->notes[NOTE_DIRTY_PADDING]++;
	return zero || body->left < SET_HEADER;
}

static void sets_walk(struct walk *k, struct wire body)
{
	while (body.left > 0) {
		uint16_t id, len;

		/* Only a header of zeros can begin such a rest; so this stays linear. */
		if ((body.left < SET_HEADER || load_be32(body.pos) == 0) &&
		    rest_is_padding(&body, k->tally))
			return;
		id = wire_u16(&body);
		len = wire_u16(&body);
		if (len < SET_HEADER || len - SET_HEADER > body.left) {
			k->tally->sets_received++;
			set_count(k, PARSE_BAD_LENGTH);
			return;
		}
		set_parse(k, id, wire_scope(&body, len - SET_HEADER));
	}
}

void sets_parse(const struct message *m, const struct dialect *dialect, struct wire body,
		const struct parse_env *env)
{
	struct walk k = {m, dialect, env, env->tally, 0, true};

	sets_walk(&k, body);
	if (env->book->message)
		env->book->message(env->book->ctx, m, k.records, k.exact);
}

void set_replay(const struct message *m, const struct tmpl *t, struct wire set,
		const struct parse_env *env)
{
	uint32_t records = 0; /* their message was judged when it came */

	env->tally->sets_parked--;
	env->tally->sets_replayed++;
	outcome_count(env->tally, records_parse(m, t, set, env, &records));
}

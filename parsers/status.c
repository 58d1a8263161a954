#include "parsers/status.h"

struct status_row {
	const char *token;
	const char *help;
	unsigned of;
};

static const struct status_row statuses[PARSE_STATUS_COUNT] = {
#define X(name, token, of, help) [PARSE_##name] = {token, help, of},
	PARSE_STATUS_LIST(X)
#undef X
};

static const struct status_row notes[NOTE_COUNT] = {
#define X(name, token, help) [NOTE_##name] = {token, help, 0},
	PARSE_NOTE_LIST(X)
#undef X
};

static const struct status_row nothing = {"", "", 0};

static const struct status_row *status_row(enum parse_status status)
{
	return (unsigned)status < PARSE_STATUS_COUNT ? &statuses[status] : &nothing;
}

static const struct status_row *note_row(enum parse_note note)
{
	return (unsigned)note < NOTE_COUNT ? &notes[note] : &nothing;
}

const char *parse_status_token(enum parse_status status)
{
	return status_row(status)->token;
}

const char *parse_status_help(enum parse_status status)
{
	return status_row(status)->help;
}

const char *parse_note_token(enum parse_note note)
{
	return note_row(note)->token;
}

const char *parse_note_help(enum parse_note note)
{
	return note_row(note)->help;
}

unsigned parse_status_of(enum parse_status status)
{
	return status_row(status)->of;
}

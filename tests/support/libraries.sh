#!/bin/sh
# Each library is confined to named files (docs/architecture.md section 3): fails when another
# file includes its header.
set -u
bad=0

confine() { # header, then the files that may include it
	header=$1
	shift
	users=$(grep -lE "^#include <$header>" -r --include='*.[ch]' collector parsers templatestore metrics)
	for file in $users; do
		case " $* " in
		*" $file "*) ;;
		*) echo "$file: $header belongs in: $*" >&2; bad=1 ;;
		esac
	done
}

confine uv.h collector/loop.h collector/loop.c collector/worker.c collector/receiver.c collector/daemon.c collector/signals.c
confine 'nats/nats.h' collector/nats_connection.h collector/nats_connection.c collector/nats_options.h collector/nats_options.c collector/output_nats.c templatestore/backend_nats_kv.c
confine jansson.h collector/conf_json.c collector/conf_dump.c collector/api.c
confine microhttpd.h metrics/http.c
confine pcap/pcap.h collector/decode/pcap_file.c

# parsers/ is pure: libc without I/O, clock or heap.
if grep -nE '^#include <' parsers/*.[ch] | grep -vE '<(stdint|stddef|stdbool|string|stdlib|limits)\.h>'; then
	echo "parsers/ may include only stdint stddef stdbool string stdlib limits" >&2
	bad=1
fi
if grep -nE '\b(malloc|calloc|realloc|free|abort|exit)\(' parsers/*.c; then
	echo "parsers/ allocates nothing and ends nothing" >&2
	bad=1
fi
exit $bad

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

confine uv.h collector/worker.c
confine 'nats/nats.h' collector/publish/nats_connection.h collector/publish/nats_connection.c collector/publish/nats_options.h collector/publish/nats_options.c collector/publish/output_nats.c
confine jansson.h collector/conf/conf_json.c collector/conf/conf_dump.c
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

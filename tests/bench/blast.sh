#!/bin/sh
# How fast weir-blast is, and that what it says it sent is what arrives: three seconds as fast as
# possible, with and without UDP_SEGMENT, at a receiver that throws everything away.
# usage: blast.sh WEIR-BLAST DISCARD [PORT]
set -eu
blast=$1
discard=$2
port=${3:-29055}
got=$(mktemp)
trap 'rm -f "$got"' EXIT

for gso in on off; do
	for protocol in v5 v9 ipfix sflow; do
		"$discard" "$port" >"$got" &
		receiver=$!
		sleep 0.2
		sent=$("$blast" --json --protocol "$protocol" --rate 0 --duration 3 --gso $gso "127.0.0.1:$port")
		wait $receiver
		echo "gso $gso $protocol: $(echo "$sent" | sed 's/.*"rate":\([0-9]*\).*"record_rate":\([0-9]*\).*/\1 datagrams\/s, \2 records\/s/')" \
			"sent $(echo "$sent" | sed 's/{"datagrams":\([0-9]*\).*/\1/') received $(cat "$got")"
	done
done

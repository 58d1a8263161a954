"""The identities of weir's ledger, read from a scrape: nothing may be lost without a name."""


def check(case, page):
    """Asserts them on one page; case is the test."""
    received = page.sum("weir_datagrams_received_total")
    case.assertEqual(received, page.sum("weir_datagrams_decoded_total")
                     + page.sum("weir_datagrams_rejected_total")
                     + page.sum("weir_datagrams_filtered_total"), "datagrams")
    case.assertEqual(page.sum("weir_sets_received_total"), page.sum("weir_sets_decoded_total")
                     + page.sum("weir_sets_skipped_total") + page.sum("weir_sets_parked")
                     + page.sum("weir_sets_expired_total")
                     + page.sum("weir_sets_park_refused_total"), "sets")
    case.assertEqual(page.sum("weir_flows_decoded_total"), settled(page)
                     + page.sum("weir_flows_queued") + page.sum("weir_flows_in_flight"), "flows")
    case.assertEqual(page.sum("weir_ledger_unbalanced"), 0, "weir's own opinion")


def settled(page):
    """Flows whose fate is known for good."""
    return page.sum("weir_flows_published_total") + page.sum("weir_flows_dropped_total") \
        + page.sum("weir_flows_unknown_total")


def kernel_drops(page):
    return page.sum("weir_kernel_drops_total")

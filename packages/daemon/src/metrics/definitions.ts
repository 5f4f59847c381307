/** A metric as data: what Prometheus is told of it, and what the reference, the dashboard and the alerts are checked with. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One sentence, with the unit where the name does not tell it. */
  readonly help: string
  readonly labels: readonly string[]
}

/** Every metric by its name, https://prometheus.io/docs/practices/naming/; in the order in which they are told. */
export const metricDefinitions = {
  chainmail_build_info: {
    type: 'gauge',
    help: 'What runs here; always 1.',
    labels: ['version', 'node', 'kernel', 'backend', 'iptables'],
  },
  chainmail_check_ok: {
    type: 'gauge',
    help: 'Whether a check of /v1/ready holds, 1 or 0.',
    labels: ['check'],
  },
  chainmail_kernel_commit_duration_seconds: {
    type: 'histogram',
    help: 'Time until the kernel acknowledged what was committed together, of rules or of bans.',
    labels: ['kind'],
  },
  chainmail_kernel_commit_size: {
    type: 'histogram',
    help: 'How many lines of rules, or entries of bans, were committed to the kernel together.',
    labels: ['kind'],
  },
  chainmail_store_commit_duration_seconds: {
    type: 'histogram',
    help: 'Time until the disk had what was committed together.',
    labels: [],
  },
  chainmail_store_commit_size: {
    type: 'histogram',
    help: 'How many changes were committed to the store together.',
    labels: [],
  },
  chainmail_http_requests_total: {
    type: 'counter',
    help: 'Requests that were answered.',
    labels: ['method', 'route', 'status'],
  },
  chainmail_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the head of a request to the end of its answer.',
    labels: ['method', 'route'],
  },
  chainmail_revision: {
    type: 'gauge',
    help: 'The number of the latest change in the history.',
    labels: [],
  },
  chainmail_revisions_total: {
    type: 'counter',
    help: 'Changes that came into the history, by what they changed and the door they came by.',
    labels: ['what', 'door'],
  },
  chainmail_bans_total: {
    type: 'counter',
    help: 'Bans that were made, by who asked and the door they came by; renewals are not counted.',
    labels: ['who', 'door'],
  },
  chainmail_unbans_total: {
    type: 'counter',
    help: 'Bans that were taken back, by who asked and the door they came by; those that ran out are not counted.',
    labels: ['who', 'door'],
  },
  chainmail_bans: {
    type: 'gauge',
    help: 'Bans in force according to the store.',
    labels: ['family'],
  },
  chainmail_sets: {
    type: 'gauge',
    help: 'Sets that there are, and those of them that are not shown one by one because there are too many.',
    labels: ['shown'],
  },
  chainmail_set_entries: {
    type: 'gauge',
    help: 'Entries that the kernel has in a set; for a while those that have run out, too.',
    labels: ['set'],
  },
  chainmail_set_entries_limit: {
    type: 'gauge',
    help: 'Entries that a set can hold (maxelem).',
    labels: ['set'],
  },
  chainmail_set_entries_desired: {
    type: 'gauge',
    help: 'Entries that a set should have according to the store.',
    labels: ['set'],
  },
  chainmail_set_memory_bytes: {
    type: 'gauge',
    help: "A set's size in the kernel's memory.",
    labels: ['set'],
  },
  chainmail_allowlist_missing_entries: {
    type: 'gauge',
    help: 'Entries of the allowlist that the store has and the kernel has not.',
    labels: [],
  },
  chainmail_rule_packets_total: {
    type: 'counter',
    help: 'Packets that a rule has matched; only with ?counters=rules.',
    labels: ['family', 'table', 'chain', 'target', 'rule'],
  },
  chainmail_rule_bytes_total: {
    type: 'counter',
    help: 'Bytes that a rule has matched; only with ?counters=rules.',
    labels: ['family', 'table', 'chain', 'target', 'rule'],
  },
  chainmail_rules: {
    type: 'gauge',
    help: 'Rules that there are, and those of them that are not shown one by one because there are too many; only with ?counters=rules.',
    labels: ['shown'],
  },
  chainmail_set_packets: {
    type: 'gauge',
    help: 'Packets that the entries which a set has now have matched, which falls when entries end; only with ?counters=sets.',
    labels: ['set'],
  },
  chainmail_set_bytes: {
    type: 'gauge',
    help: 'Bytes that the entries which a set has now have matched, which falls when entries end; only with ?counters=sets.',
    labels: ['set'],
  },
  chainmail_foreign_changes_total: {
    type: 'counter',
    help: 'How often other programs changed rules.',
    labels: [],
  },
  chainmail_drifts_total: {
    type: 'counter',
    help: 'How often other programs changed what chainmail owns.',
    labels: [],
  },
  chainmail_repairs_total: {
    type: 'counter',
    help: 'How often what chainmail owns was put right.',
    labels: [],
  },
  chainmail_repair_failures_total: {
    type: 'counter',
    help: 'How often what chainmail owns could not be looked after or put right.',
    labels: [],
  },
  chainmail_drift_unrepaired: {
    type: 'gauge',
    help: 'Parts of what chainmail owns that are known not to be what they should be; 1 for each.',
    labels: ['part'],
  },
  chainmail_probations: {
    type: 'gauge',
    help: 'Changes on probation that wait to be confirmed.',
    labels: [],
  },
  chainmail_store_size_bytes: {
    type: 'gauge',
    help: 'Size of the files of the store.',
    labels: ['file'],
  },
  chainmail_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When a certificate that the daemon uses ends, in seconds since 1970.',
    labels: ['certificate'],
  },
  chainmail_event_loop_lag_seconds: {
    type: 'histogram',
    help: 'How late a timer of 100 ms fired: what everybody waits for while the daemon is busy.',
    labels: [],
  },
  chainmail_event_loop_busy_seconds_total: {
    type: 'counter',
    help: 'Time that the event loop was busy.',
    labels: [],
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'User and system time of the daemon, its threads included.',
    labels: [],
  },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory of the daemon.', labels: [] },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'When the daemon started, in seconds since 1970.',
    labels: [],
  },
  process_open_fds: { type: 'gauge', help: 'Open file descriptors of the daemon.', labels: [] },
  nodejs_heap_size_used_bytes: { type: 'gauge', help: 'Used heap of the daemon.', labels: [] },
} as const satisfies Record<string, MetricDefinition>

export type MetricName = keyof typeof metricDefinitions

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metricDefinitions, name)
}

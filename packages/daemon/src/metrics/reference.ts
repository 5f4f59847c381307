import { isMetricName, metricDefinitions } from './definitions.ts'

/** The page that tells what each metric is, in Markdown. */
export function metricsPage(): string {
  const rows = Object.keys(metricDefinitions)
    .filter(isMetricName)
    .map((name) => {
      const { type, labels, help } = metricDefinitions[name]
      const names = labels.map((label) => `\`${label}\``).join(', ')
      return `| \`${name}\` | ${type} | ${names} | ${help} |`
    })
  return `# Metrics

\`GET /metrics\` has them for Prometheus, \`GET /v1/metrics\` as JSON. Both need the permission \`read\`.

Packets and bytes of rules and sets are told with \`?counters=rules,sets\` only: reading them takes time that grows with
both. A second job that scrapes with it every few minutes is a good way. \`chainmail keys create prometheus --read\`
prints the key, \`chainmail cert ca\` the certificate:

\`\`\`yaml
scrape_configs:
  - job_name: chainmail
    scheme: https
    authorization: { credentials_file: /etc/prometheus/chainmail.key }
    tls_config: { ca_file: /etc/prometheus/chainmail-ca.pem }
    static_configs: [{ targets: ['firewall.example:7393'] }]
  - job_name: chainmail-counters
    scheme: https
    authorization: { credentials_file: /etc/prometheus/chainmail.key }
    tls_config: { ca_file: /etc/prometheus/chainmail-ca.pem }
    scrape_interval: 5m
    params: { counters: ['rules,sets'] }
    metric_relabel_configs:
      - { source_labels: [__name__], regex: 'chainmail_(rule|set)_(packets|bytes)(_total)?', action: keep }
    static_configs: [{ targets: ['firewall.example:7393'] }]
\`\`\`

\`packaging/prometheus-alerts.yaml\` has alerts and \`packaging/grafana-dashboard.json\` a dashboard for Grafana. At most 200
sets, 1,000 rules and 100 names of who asks are told one by one, so that nobody's names make the answer grow without
bound.

| metric | type | labels | what it is |
|---|---|---|---|
${rows.join('\n')}
`
}

import type { IntervalHistogram } from 'node:perf_hooks';
import type { MasterMeasures } from '../control-ports.ts';
import { durationBounds, type RequestStats } from '../netapi/request-stats.ts';

/** What is written of. */
export interface Measured {
  readonly facts: MasterMeasures;
  readonly stats: RequestStats;
  /** Nanoseconds by which the event loop was late. */
  readonly delay: Pick<IntervalHistogram, 'mean' | 'max' | 'percentile'>;
}

type Labels = Readonly<Record<string, string | number>>;

/** Where samples are written to. */
interface Page {
  family(name: string, kind: 'counter' | 'gauge' | 'histogram', help: string): void;
  sample(name: string, value: number, labels?: Labels): void;
}

/** Writes measures in the text format of Prometheus. */
export function writeMetrics({ facts, stats, delay }: Measured): string {
  const lines: string[] = [];
  const page: Page = {
    family: (name, kind, help) => {
      lines.push(`# HELP brine_${name} ${help}`, `# TYPE brine_${name} ${kind}`);
    },
    sample: (name, value, labels = {}) => {
      lines.push(`brine_${name}${writeLabels(labels)} ${Number.isFinite(value) ? value : 0}`);
    },
  };
  writeJobs(page, facts);
  writeProcess(page, delay);
  writeRequests(page, stats);
  return `${lines.join('\n')}\n`;
}

function writeJobs(page: Page, facts: MasterMeasures): void {
  page.family('minions_connected', 'gauge', 'Minions that are connected.');
  page.sample('minions_connected', facts.connectedMinions);
  page.family('minions_accepted', 'gauge', 'Minions whose keys are accepted.');
  page.sample('minions_accepted', facts.acceptedMinions);
  page.family('jobs_total', 'counter', 'Jobs submitted since the master started.');
  page.sample('jobs_total', facts.jobs);
  page.family('deliveries_total', 'counter', 'Jobs that ended on a minion since the master started, by how.');
  for (const [status, count] of Object.entries(facts.endings)) page.sample('deliveries_total', count, { status });
  page.family(
    'deliveries_open',
    'gauge',
    'Jobs on minions that have not ended, by where they stand: the depth of queues.',
  );
  for (const [status, count] of Object.entries(facts.open)) page.sample('deliveries_open', count, { status });
  page.family('job_return_seconds', 'histogram', 'From the submission of a job to the return of a minion.');
  const { bounds, buckets, count, sum } = facts.latency;
  writeHistogram(page, 'job_return_seconds', { bounds, buckets, count, sum, labels: {} });
}

function writeProcess(page: Page, delay: Measured['delay']): void {
  page.family('event_loop_delay_seconds', 'gauge', 'By how much the event loop was late since the last look.');
  page.sample('event_loop_delay_seconds', delay.mean / 1e9, { quantile: 'mean' });
  page.sample('event_loop_delay_seconds', delay.percentile(99) / 1e9, { quantile: 'p99' });
  page.sample('event_loop_delay_seconds', delay.max / 1e9, { quantile: 'max' });
  const memory = process.memoryUsage();
  page.family('memory_bytes', 'gauge', 'Memory of the process of the master.');
  page.sample('memory_bytes', memory.rss, { kind: 'resident' });
  page.sample('memory_bytes', memory.heapUsed, { kind: 'heap' });
}

function writeRequests(page: Page, stats: RequestStats): void {
  page.family('http_requests_current', 'gauge', 'Requests that are being answered.');
  page.sample('http_requests_current', stats.current);
  page.family('http_request_duration_seconds', 'histogram', 'How long requests took.');
  const bounds = durationBounds.map((bound) => bound / 1000);
  for (const { route, status, count, duration, buckets } of stats.byRoute.values()) {
    const histogram = { bounds, buckets, count, sum: duration / 1000, labels: { route, status } };
    writeHistogram(page, 'http_request_duration_seconds', histogram);
  }
}

interface Histogram {
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
  readonly count: number;
  readonly sum: number;
  readonly labels: Labels;
}

function writeHistogram(page: Page, name: string, { bounds, buckets, count, sum, labels }: Histogram): void {
  for (const [index, bound] of bounds.entries()) {
    page.sample(`${name}_bucket`, buckets[index] ?? 0, { ...labels, le: bound });
  }
  page.sample(`${name}_bucket`, count, { ...labels, le: '+Inf' });
  page.sample(`${name}_sum`, sum, labels);
  page.sample(`${name}_count`, count, labels);
}

function writeLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

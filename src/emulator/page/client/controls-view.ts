import type { FaultRow, PageState } from '../page-state.js';
import { type Child, fill, h } from './dom.js';
import { openForm, type Values } from './form.js';
import { attempt } from './notice.js';
import { button, code } from './parts.js';
import { control, readOperations } from './server.js';
import { dateOf } from './format.js';
import type { PageContext, View } from './view.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Faults and the clock. */
export function controlsView(context: PageContext): View {
  const faults = h('div', {});
  const time = h('p', { class: 'clock' });
  const mode = h('p', { class: 'hint' });
  const element = h(
    'section',
    { class: 'view' },
    h(
      'div',
      { class: 'head' },
      h('h1', {}, 'Faults and clock'),
      h('p', { class: 'lead' }, 'See how your app behaves when Unkey fails, and when time passes.'),
    ),
    h(
      'div',
      { class: 'pair' },
      h(
        'section',
        { class: 'card pad', 'aria-labelledby': 'faults-title' },
        h('h2', { id: 'faults-title' }, 'Faults'),
        h('p', { class: 'hint' }, 'Each call is hit by at most one fault: the first one that matches.'),
        h('div', { class: 'row' }, ...faultButtons(context)),
        faults,
      ),
      h(
        'section',
        { class: 'card pad', 'aria-labelledby': 'clock-title' },
        h('h2', { id: 'clock-title' }, 'Clock'),
        time,
        mode,
        h('div', { class: 'row' }, ...clockButtons(context)),
      ),
    ),
  );
  return {
    name: 'controls',
    title: 'Faults and clock',
    element,
    list: () => undefined,
    query: () => ({}),
    show({ overview: { faults: planned, clock } }: PageState) {
      fill(faults, planned, () => faultList(planned, context));
      time.textContent = dateOf(clock.now);
      mode.textContent = clock.frozen
        ? 'Frozen. Expiry, limits and refills follow this clock.'
        : 'Real time. The first step freezes the clock.';
    },
  };
}

function faultButtons(context: PageContext): HTMLElement[] {
  const add = (label: string, fault: object): HTMLElement =>
    button(label, () => void act('faults/add', { fault }, `Every call now gets: ${label}.`, context));
  return [
    add('500', { status: 500 }),
    add('Hang', { hang: true }),
    add('1 s late', { latency: 1000 }),
    button('Another fault', () => void openFault(context)),
  ];
}

function faultList(planned: readonly FaultRow[], context: PageContext): Child[] {
  if (planned.length === 0)
    return [h('p', { class: 'empty small' }, 'No faults. Every call gets its normal response.')];
  const clear = (id: number): void => void act('faults/clear', { id }, 'The fault is cleared.', context);
  const line = ({ id, fault, operation, left }: FaultRow): Child =>
    h(
      'li',
      {},
      code(fault),
      h(
        'span',
        {},
        [operation ?? 'every operation', left !== undefined && `${left} more`].filter(Boolean).join(', '),
      ),
      button('Clear', () => clear(id), { title: `Clear ${fault}` }),
    );
  return [
    h('ul', { class: 'plain overrides', 'aria-label': 'Active faults' }, ...planned.map(line)),
    button('Clear all faults', () => void act('faults/clear', {}, 'All faults are cleared.', context)),
  ];
}

function clockButtons(context: PageContext): HTMLElement[] {
  const step = (label: string, ms: number): HTMLElement =>
    button(label, () => void act('clock/advance', { ms }, `The clock is ${label.slice(1)} later.`, context));
  return [
    step('+1 min', MINUTE),
    step('+1 hour', HOUR),
    step('+1 day', DAY),
    button('Set time', () => openTime(context)),
    button(
      'Reset the clock',
      () => void act('clock/restart', {}, 'The clock is reset to its start.', context),
    ),
  ];
}

async function act(name: string, body: object, done: string, context: PageContext): Promise<void> {
  if (await attempt(() => control(name, body), done)) context.refresh();
}

function openTime(context: PageContext): void {
  openForm({
    title: 'Set the clock',
    fields: [
      {
        name: 'now',
        label: 'Time',
        kind: 'datetime-local',
        required: true,
        hint: 'In your time zone. The clock is frozen at that time.',
      },
    ],
    submit: 'Set time',
    async send({ now = '' }) {
      await control('clock/set', { now: new Date(now).getTime() });
      context.refresh();
    },
  });
}

const KINDS = [
  ['status', 'Status: respond with this HTTP status'],
  ['latency', 'Latency: respond this many ms later'],
  ['hang', 'Hang: never respond'],
  ['reset before', 'Reset before the operation'],
  ['reset midway', 'Reset within the response'],
  ['truncate', 'Truncate: half of the response'],
  ['garbage', 'Garbage: 200 and no JSON'],
  ['oversize', 'Oversize: a response of this many bytes'],
] as const;

async function openFault(context: PageContext): Promise<void> {
  const operations = await readOperations();
  openForm({
    title: 'Another fault',
    fields: [
      { name: 'kind', label: 'Kind', options: KINDS },
      {
        name: 'value',
        label: 'Number',
        kind: 'number',
        value: '503',
        hint: 'Only for status, latency and oversize.',
      },
      {
        name: 'operation',
        label: 'Operation',
        options: [['', 'Every operation'], ...operations.map((name) => [name, name] as const)],
      },
      { name: 'times', label: 'Number of calls', kind: 'number', hint: 'Empty: all, until you clear it.' },
    ],
    submit: 'Add fault',
    async send({ times, operation, ...values }) {
      await control('faults/add', {
        fault: faultOf(values),
        ...(operation && { operation }),
        ...(times && { times: Number(times) }),
      });
      context.refresh();
    },
  });
}

function faultOf({ kind = '', value }: Values): object {
  const [name = '', when] = kind.split(' ');
  if (when !== undefined) return { [name]: when };
  return { [name]: ['status', 'latency', 'oversize'].includes(name) ? Number(value) : true };
}

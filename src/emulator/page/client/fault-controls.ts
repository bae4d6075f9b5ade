import type { FaultRow } from '../page-state.js';
import { act } from './control-action.js';
import { type Child, h } from './dom.js';
import { openForm, type Values } from './form.js';
import { button, code } from './parts.js';
import { control, readOperations } from './server.js';
import type { PageContext } from './view.js';

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

/** The buttons that add faults. */
export function faultButtons(context: PageContext): HTMLElement[] {
  const add = (label: string, fault: object): HTMLElement =>
    button(label, () => void act('faults/add', { fault }, `Every call now gets: ${label}.`, context));
  return [
    add('500', { status: 500 }),
    add('Hang', { hang: true }),
    add('1 s late', { latency: 1000 }),
    button('Another fault', () => void openFault(context)),
  ];
}

/** The active faults, each with a button that clears it. */
export function faultList(planned: readonly FaultRow[], context: PageContext): Child[] {
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

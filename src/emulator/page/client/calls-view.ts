import type { CallDetails, CallRow } from '../page-state.js';
import { type Child, h } from './dom.js';
import { dateOf, timeOf } from './format.js';
import { ListView } from './list-view.js';
import { attempt } from './notice.js';
import { badge, block, button, code, copyButton, facts } from './parts.js';
import { control, readCall } from './server.js';
import type { PageContext, View } from './view.js';

/** The latest calls, and why they were rejected. */
export function callsView(context: PageContext): View {
  let rejectedOnly = false;
  const rejected = toggleButton('Rejected only', (on) => {
    rejectedOnly = on;
    view.restart();
  });
  const pause = toggleButton('Pause', (on) => {
    view.paused = on;
    if (!on) view.restart();
  });
  const clear = button('Clear', () => {
    void attempt(() => control('calls/clear')).then(() => view.restart());
  });
  const view = new ListView(
    {
      name: 'calls',
      title: 'Calls',
      lead: 'The latest requests to this emulator. Open one to see its body and its response.',
      searchLabel: 'Search operation, code or key',
      columns: [
        {
          title: 'Time',
          cell: ({ at }) => h('time', { class: 'mono muted', title: dateOf(at) }, timeOf(at)),
        },
        { title: 'Operation', cell: operation },
        { title: 'Result', cell: result },
        { title: 'Took', cell: ({ ms }) => `${ms.toFixed(1)} ms`, numeric: true },
      ],
      idOf: ({ id }) => String(id),
      nameOf: ({ operation: name, code: outcome, status }) => `${name}, ${status ?? ''} ${outcome}`,
      details,
      tools: [rejected, pause, clear],
      filters: () => ({ rejected: String(rejectedOnly) }),
      empty: 'No calls yet. Start your app with the URL and the root key shown on this page.',
      opened: () => setToggle(pause, true),
    },
    context,
  );
  return view;
}

function operation({ operation: name, subject }: CallRow): Child {
  const about = subject !== '' && h('span', { class: 'mono muted' }, subject);
  return h('div', { class: 'stack' }, code(name), about);
}

function result({ status, code: outcome, tone, reason }: CallRow): Child {
  const text =
    outcome === '' ? (status === undefined ? 'no response' : tone === 'ok' ? 'OK' : 'rejected') : outcome;
  return h(
    'div',
    { class: 'stack' },
    h(
      'div',
      { class: 'result' },
      h('span', { class: 'mono muted' }, String(status ?? '')),
      badge(text, tone),
    ),
    reason !== '' && h('span', { class: 'reason' }, reason),
  );
}

async function details({ id }: CallRow): Promise<Child> {
  const call = await readCall(id);
  if (!call)
    return h('p', { class: 'hint' }, 'The emulator no longer has this call. It keeps the latest 200.');
  const { reason, at, rootKey, request, answer } = call;
  return h(
    'div',
    { class: 'opened' },
    reason !== '' && h('p', { class: 'why' }, h('strong', {}, 'Why: '), reason),
    curl(call),
    facts([
      ['Time', dateOf(at)],
      ['Root key', rootKey],
    ]),
    h('div', { class: 'columns' }, block('Request', request), block('Answer', answer)),
  );
}

function curl({ curl: command }: CallDetails): Child {
  if (command === undefined) return h('p', { class: 'hint' }, 'The body is too long to copy the call.');
  const variables = [...new Set(command.match(/(?<="\$)\w+(?=")/g))];
  const hint =
    variables.length > 0 && `Set ${variables.join(' and ')} first: the page does not show whole keys.`;
  return h(
    'div',
    { class: 'row' },
    copyButton('Copy as curl', () => command),
    hint && h('p', { class: 'hint' }, hint),
  );
}

function toggleButton(label: string, changed: (on: boolean) => void): HTMLButtonElement {
  const element = button(label, () => setToggle(element, element.getAttribute('aria-pressed') !== 'true'));
  element.setAttribute('aria-pressed', 'false');
  element.addEventListener('toggled', () => changed(element.getAttribute('aria-pressed') === 'true'));
  return element;
}

function setToggle(element: HTMLElement, on: boolean): void {
  if (element.getAttribute('aria-pressed') === String(on)) return;
  element.setAttribute('aria-pressed', String(on));
  element.dispatchEvent(new Event('toggled'));
}

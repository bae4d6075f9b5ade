import type { PageState } from '../page-state.js';
import { apisView } from './apis-view.js';
import { callsView } from './calls-view.js';
import { controlsView } from './controls-view.js';
import { byId, fill, h } from './dom.js';
import { dateOf, grouped } from './format.js';
import { identitiesView } from './identities-view.js';
import { keysView } from './keys-view.js';
import { type Connection, Live } from './live.js';
import { namespacesView } from './namespaces-view.js';
import { notice } from './notice.js';
import { button, copyButton } from './parts.js';
import { permissionsView } from './permissions-view.js';
import { rolesView } from './roles-view.js';
import { rootKeysView } from './root-keys-view.js';
import { readState } from './server.js';
import { themeButton } from './theme.js';
import type { PageContext, Secret, View } from './view.js';

let latest: PageState | undefined;
const created = h('div', { class: 'created', role: 'status', 'aria-live': 'polite' });
const place = h('div', {});

const context: PageContext = {
  refresh: () => live.request(),
  reveal,
  state: () => latest,
};
const views: readonly View[] = [
  callsView(context),
  keysView(context),
  apisView(context),
  identitiesView(context),
  rolesView(context),
  permissionsView(context),
  namespacesView(context),
  rootKeysView(context),
  controlsView(context),
];
const links = new Map(views.map((view) => [view, link(view)]));
let current = viewOfAddress();

byId('nav').append(h('ul', {}, ...[...links.values()].map(({ element }) => h('li', {}, element))));
byId('main').replaceChildren(created, place);
byId('theme').append(themeButton());
open(current);
const live = new Live(refresh, showConnection);
// After `live` exists, because every new address fetches a new state.
addEventListener('hashchange', () => {
  open(viewOfAddress());
  byId('main').focus();
  live.request();
});
// The clock of the page ticks, even while nothing else changes.
setInterval(() => !document.hidden && latest?.overview.clock.frozen === false && live.request(), 1000);

async function refresh(): Promise<void> {
  const view = current;
  const query = view.query();
  try {
    const state = await readState(view.list(), query);
    latest = state;
    showOverview(state);
    // The response to an outdated request.
    if (view !== current || JSON.stringify(query) !== JSON.stringify(view.query())) live.request();
    else view.show(state);
  } catch (error) {
    if (error instanceof TypeError) showConnection('lost');
    else notice(error instanceof Error ? error.message : String(error), 'bad');
  }
}

function open(view: View): void {
  current = view;
  place.replaceChildren(view.element);
  document.title = `${view.title} – Unkey emulator`;
  for (const [one, { element }] of links) {
    if (one === view) element.setAttribute('aria-current', 'page');
    else element.removeAttribute('aria-current');
  }
}

function viewOfAddress(): View {
  const name = location.hash.slice(1);
  const view = views.find((one) => one.name === name) ?? views[0];
  if (!view) throw new Error('The page has no views.');
  return view;
}

function link({ name, title }: View) {
  const count = h('span', { class: 'count' });
  return { count, element: h('a', { href: `#${name}` }, title, ' ', count) };
}

function showOverview({ overview }: PageState): void {
  const { counts, faults, clock, rootKey } = overview;
  for (const [{ name }, { count }] of links) {
    const number = name in counts ? counts[name as keyof typeof counts] : undefined;
    const text = number === undefined ? '' : grouped(number);
    if (count.textContent !== text) count.textContent = text;
  }
  fill(byId('connect'), rootKey, () => [
    setting('UNKEY_BASE_URL', location.origin),
    setting('UNKEY_ROOT_KEY', rootKey),
    copyButton('Copy both for .env', () => `UNKEY_BASE_URL=${location.origin}\nUNKEY_ROOT_KEY=${rootKey}\n`),
  ]);
  const time = clock.frozen ? dateOf(clock.now) : '';
  fill(byId('chips'), { time, faults: faults.length }, () => [
    faults.length > 0 && chip('bad', `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} active`),
    clock.frozen && chip('warn', `Clock frozen at ${time}`),
  ]);
}

function setting(name: string, value: string): HTMLElement {
  return h(
    'div',
    { class: 'setting' },
    h('span', { class: 'label' }, name),
    copyButton('Copy', () => value, `Copy ${name}`),
    h('code', {}, value),
  );
}

function chip(tone: string, text: string): HTMLElement {
  return h('a', { class: `chip ${tone}`, href: '#controls' }, text);
}

function showConnection(connection: Connection): void {
  const texts = { connecting: 'Connecting', live: 'Live', lost: 'Not connected' };
  const element = byId('connection');
  element.className = `connection ${connection}`;
  if (element.textContent !== texts[connection]) element.textContent = texts[connection];
}

function reveal({ title, text, command }: Secret): void {
  const dismiss = (): void => {
    created.replaceChildren();
    byId('main').focus();
  };
  created.replaceChildren(
    h('p', {}, title),
    h('code', { class: 'secret' }, text),
    h(
      'div',
      { class: 'row' },
      copyButton('Copy key', () => text),
      command && copyButton(command[0], () => command[1]),
      button('Done', dismiss),
    ),
  );
  created.scrollIntoView({ block: 'nearest' });
}

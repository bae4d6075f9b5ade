import type { PageState } from '../page-state.js';
import { clockButtons } from './clock-controls.js';
import { fill, h } from './dom.js';
import { faultButtons, faultList } from './fault-controls.js';
import { dateOf } from './format.js';
import type { PageContext, View } from './view.js';

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

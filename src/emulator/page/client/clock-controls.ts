import { act } from './control-action.js';
import { openForm } from './form.js';
import { button } from './parts.js';
import { control } from './server.js';
import type { PageContext } from './view.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The buttons that move the clock. */
export function clockButtons(context: PageContext): HTMLElement[] {
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

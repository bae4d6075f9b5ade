/** The time of day, with milliseconds. */
export function timeOf(ms: number): string {
  const date = new Date(ms);
  const two = (number: number): string => String(number).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Date and time, for example `15 May 2030, 12:00:00`. */
export function dateOf(ms: number): string {
  if (!Number.isFinite(new Date(ms).getTime())) return String(ms);
  return new Date(ms).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** Digits in groups of three. */
export function grouped(digits: string | number): string {
  return BigInt(digits).toLocaleString('en');
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** For example `minute`, `2 hours`, `1500 ms`: what follows "per". */
export function durationOf(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size && ms % size === 0);
  if (!unit) return `${grouped(ms)} ms`;
  const count = ms / unit[1];
  return count === 1 ? unit[0] : `${grouped(count)} ${unit[0]}s`;
}

/** JSON with line breaks; a text that is not JSON stays as it is. */
export function prettyJson(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

/** The parts of a list that was typed with commas or line breaks. */
export function partsOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

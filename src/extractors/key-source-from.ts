import type { KeyPlaces } from '../contracts/key-places.js';
import type { KeySource } from '../contracts/key-source.js';
import { placesOf } from '../transports/places-of.js';

/** Makes a key source from a function of {@link KeyPlaces}, so that it works on every transport. */
export function keySourceFrom(
  read: (places: KeyPlaces) => string | undefined,
  about: Pick<KeySource, 'scheme' | 'fault' | 'openapi'> = {},
): KeySource {
  const source: KeySource = (context) => read(placesOf(context));
  return Object.assign(source, about, { read });
}

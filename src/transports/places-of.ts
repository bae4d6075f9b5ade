import type { ExecutionContext } from '@nestjs/common';
import type { KeyPlaces } from '../contracts/key-places.js';
import { transportOf } from './transport-of.js';

/** Returns the places where this request can contain a key. */
export function placesOf(context: ExecutionContext): KeyPlaces {
  return transportOf(context).places(context);
}

import type { ExecutionContext } from '@nestjs/common';
import type { KeyPlaces } from '../contracts/key-places.js';
import { transportOf } from './transport-of.js';

/** Where a key may stand in this request. */
export function placesOf(context: ExecutionContext): KeyPlaces {
  return transportOf(context).places(context);
}

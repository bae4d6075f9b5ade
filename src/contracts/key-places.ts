/**
 * The places of one request in which a key may stand, as its transport reads them. Every value that was sent is
 * listed, so that two different ones can be told from one.
 */
export interface KeyPlaces {
  /** The values under a header's name, in any case. */
  header(name: string): readonly string[];
  /** The values of a query parameter, by its exact name. */
  query(name: string): readonly string[];
  /** The values that a client sent under this exact name when it opened its connection; absent if there is none. */
  handshake?(name: string): readonly string[];
}

/** What goes wrong with a request. */
export type Fault =
  /**
   * The operation is carried out and answered after this many milliseconds of real time; carried out also if the caller
   * has gone by then.
   */
  | { latency: number }
  /** An answer with this HTTP status (200 to 599); the operation is not carried out. */
  | { status: number }
  /** No answer ever; the operation is not carried out. */
  | { hang: true }
  /**
   * The connection is reset: `before` anything is answered or carried out, or `midway`, when the operation was
   * carried out and the head of its answer is sent.
   */
  | { reset: 'before' | 'midway' }
  /** 200, `application/json` and a body that is no JSON; the operation is not carried out. */
  | { garbage: true }
  /** The operation is carried out, half of its answer is sent, then the connection ends. */
  | { truncate: true }
  /** 200 and a JSON document of this many bytes; the operation is not carried out. */
  | { oversize: number }
  /** 200 and this value as the whole body, the envelope included; the operation is not carried out. */
  | { body: unknown };

/** Which requests a fault hits. */
export interface FaultOptions {
  /** For example `keys.verifyKey`; without it every operation. */
  operation?: string | undefined;
  /** How many requests; without it all until it is cleared. */
  times?: number | undefined;
}

/** A fault that was ordered. */
export interface FaultHandle {
  /** Ends it; a request that already hangs goes on hanging. */
  clear(): void;
}

/** A way in which a request fails. */
export type Fault =
  /**
   * The operation is executed and answered after this many milliseconds of real time. It is executed even if the caller
   * has disconnected by then.
   */
  | { latency: number }
  /** A response with this HTTP status (200 to 599). The operation is not executed. */
  | { status: number }
  /** No response, ever. The operation is not executed. */
  | { hang: true }
  /**
   * The connection is reset: `before` the operation is executed, or `midway`, after the operation was executed and the
   * beginning of its response was sent.
   */
  | { reset: 'before' | 'midway' }
  /** 200, `application/json` and a body that is not valid JSON. The operation is not executed. */
  | { garbage: true }
  /** The operation is executed, half of its response is sent, then the connection ends. */
  | { truncate: true }
  /** 200 and a JSON document of this many bytes. The operation is not executed. */
  | { oversize: number }
  /** 200 and this value as the whole body, including the envelope. The operation is not executed. */
  | { body: unknown };

/** Whether a request that is hit by this fault is executed. */
export function executes(fault: Fault): boolean {
  return 'latency' in fault || 'truncate' in fault || ('reset' in fault && fault.reset === 'midway');
}

/** Which requests a fault hits. */
export interface FaultOptions {
  /** For example `keys.verifyKey`. Default: every operation. */
  operation?: string | undefined;
  /** How many requests. Default: all, until the fault is cleared. */
  times?: number | undefined;
}

/** A fault that was added. */
export interface FaultHandle {
  /** Removes the fault. Requests that already hang keep hanging. */
  clear(): void;
}

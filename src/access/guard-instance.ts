import type { Instance } from '../contracts/instances.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { RequestVerification, type KeyVerifier } from './request-verification.js';

/** An instance of the module as a guard uses it. */
export class GuardInstance<Service extends KeyVerifier> {
  readonly service: Service;
  readonly options: ResolvedUnkeyOptions;
  readonly requests: RequestVerification;

  constructor({ service, options }: Instance<Service, ResolvedUnkeyOptions>) {
    this.service = service;
    this.options = options;
    this.requests = new RequestVerification(options, service);
  }
}

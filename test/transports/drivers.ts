import type { TransportDriver } from './contract.js';
import { graphqlDrivers } from './graphql.driver.js';
import { httpDrivers } from './http.driver.js';
import { rpcDrivers } from './rpc.driver.js';
import { wsDrivers } from './ws.driver.js';

/** Every transport that the contract suite runs on. */
export const DRIVERS: readonly TransportDriver[] = [
  ...httpDrivers,
  ...graphqlDrivers,
  ...wsDrivers,
  ...rpcDrivers,
];

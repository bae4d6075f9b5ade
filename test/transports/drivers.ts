import { graphqlDrivers } from './graphql.driver.js';
import { httpDrivers } from './http.driver.js';
import { wsDrivers } from './ws.driver.js';
import type { TransportDriver } from './contract.js';

/** Every transport that the contract suite runs on. */
export const DRIVERS: readonly TransportDriver[] = [...httpDrivers, ...graphqlDrivers, ...wsDrivers];

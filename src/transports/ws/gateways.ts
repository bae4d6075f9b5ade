import 'reflect-metadata';
import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { property } from '../property.js';
import { isSocketIo, upgradeRequestOf, type WsClient } from './ws-client.js';

/** The methods that Nest calls for a connection, in which no handler is known. */
export type GatewayHook = 'handleConnection' | 'afterInit';

/** The gateways of the app. */
@Injectable()
export class Gateways {
  #classes: readonly Type[] | undefined;

  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  /** The class of the gateway that a client connected to; `undefined` if several are possible. */
  classOf(client: WsClient, hook: GatewayHook): Type | undefined {
    this.#classes ??= this.#find();
    const [gateway, another] = this.#classes.filter(
      (one) => hook in (one.prototype as object) && isFor(one, client),
    );
    return another === undefined ? gateway : undefined;
  }

  #find(): Type[] {
    const classes = this.discovery.getProviders().map(({ metatype }) => metatype);
    return [...new Set(classes)].filter(
      (one): one is Type =>
        typeof one === 'function' && Reflect.getMetadata('websockets:is_gateway', one) === true,
    );
  }
}

/** By its namespace on socket.io, by its path on `ws`. */
function isFor(gateway: Type, client: WsClient): boolean {
  const options: unknown = Reflect.getMetadata('websockets:gateway_options', gateway);
  if (!isSocketIo(client)) {
    const url = property(upgradeRequestOf(client), 'url');
    const path = typeof url === 'string' ? url.split('?', 1)[0] : undefined;
    return path === undefined || path === (property(options, 'path') ?? '/');
  }
  const name = property(property(client, 'nsp'), 'name');
  const namespace = property(options, 'namespace') ?? '/';
  if (namespace instanceof RegExp) return typeof name === 'string' && namespace.test(name);
  return typeof namespace === 'string' && name === `/${namespace.replace(/^\//, '')}`;
}

// Boots a Nest app with 2,000 handlers once and reports how long that took. Argument: the option `audit`.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Public, RequirePermissions, UnkeyModule, UnkeyService } from '../../dist/esm/index.js';

const MODULES = 20;
const CONTROLLERS = 5;
const HANDLERS = 20;

const [, , audit] = process.argv;

/** A controller as apps have them: one permission for reading, one for writing, one public handler. */
function controller(path) {
  class ManyController {}
  for (let n = 0; n < HANDLERS; n++) {
    const name = `handler${n}`;
    Object.defineProperty(ManyController.prototype, name, { value: () => name, configurable: true });
    const decorate = (decorator) =>
      decorator(
        ManyController.prototype,
        name,
        Object.getOwnPropertyDescriptor(ManyController.prototype, name),
      );
    decorate(Get(`${name}/:id`));
    decorate(n === 0 ? Public() : RequirePermissions(n % 2 === 0 ? 'documents.read' : 'documents.write'));
  }
  Controller(path)(ManyController);
  return ManyController;
}

function module(name) {
  class ManyModule {}
  const controllers = Array.from({ length: CONTROLLERS }, (_, n) => controller(`${name}-${n}`));
  Module({ controllers })(ManyModule);
  return ManyModule;
}

class RootModule {}
Module({
  imports: [
    UnkeyModule.forRoot({ rootKey: 'unkey_bench', globalGuard: true, client: false, audit }),
    ...Array.from({ length: MODULES }, (_, n) => module(`module-${n}`)),
  ],
})(RootModule);

const before = process.cpuUsage();
const begun = performance.now();
const app = await NestFactory.create(RootModule, new FastifyAdapter(), { logger: false });
await app.init();
const wall = performance.now() - begun;
const { user, system } = process.cpuUsage(before);

const again = performance.now();
const entries = app.get(UnkeyService).audit();
const figures = {
  wall,
  cpu: (user + system) / 1000,
  audit: performance.now() - again,
  handlers: entries.length,
};
await app.close();
process.send(figures, () => process.disconnect());

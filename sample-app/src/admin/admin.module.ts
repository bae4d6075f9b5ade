import { Module } from '@nestjs/common';
import { AdminKeysController } from './admin-keys.controller.js';

@Module({ controllers: [AdminKeysController] })
export class AdminModule {}

import type { Job } from 'bullmq';

export declare function InjectQueue(name: string): ParameterDecorator;
export declare function Processor(name: string): ClassDecorator;
export declare abstract class WorkerHost {
  abstract process(job: Job, token?: string): Promise<unknown>;
}

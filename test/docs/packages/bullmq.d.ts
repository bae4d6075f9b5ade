// oxlint-disable-next-line typescript/no-explicit-any -- as bullmq declares it
export declare class Job<Data = any> {
  id?: string;
  data: Data;
  updateData(data: Data): Promise<void>;
}
export declare class Queue<Data> {
  add(name: string, data: Data): Promise<Job<Data>>;
}
export declare class UnrecoverableError extends Error {}

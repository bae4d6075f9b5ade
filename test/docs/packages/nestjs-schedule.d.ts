export declare function Cron(time: string): MethodDecorator;
export declare enum CronExpression {
  EVERY_DAY_AT_3AM = '0 03 * * *',
}

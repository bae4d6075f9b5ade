// What the guard does, in the OpenAPI document of @nestjs/swagger.
export { describeUnkey } from './describe-unkey.js';

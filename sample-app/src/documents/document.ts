import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';

@ObjectType()
export class Document {
  @Field(() => Int)
  id: number;

  @Field()
  title: string;

  /** The customer. Not a field, so GraphQL does not return it. */
  owner: string;
}

/** The GraphQL type of `newDocument`, whose rules it is validated by. */
@InputType()
export class NewDocumentInput {
  @Field()
  title: string;
}

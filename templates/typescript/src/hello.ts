import type { Handler } from 'aws-lambda';

interface Greeting {
  readonly message: string;
}

export const handler: Handler<{ readonly name?: string }, Greeting> = async ({ name = 'world' }) => {
  console.log('greeting', name);
  return { message: `Hello, ${name}!` };
};

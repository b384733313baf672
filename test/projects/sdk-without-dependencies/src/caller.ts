import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const client = new LambdaClient({});

export const handler = async (event: { number: number }): Promise<number> => {
  const { Payload } = await client.send(
    new InvokeCommand({ FunctionName: process.env.WORKER, Payload: JSON.stringify(event) }),
  );
  return JSON.parse(new TextDecoder().decode(Payload));
};

import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';

// Node.js looks into layers through NODE_PATH, which `import` does not heed everywhere; `require` does.
const require = createRequire(import.meta.url);
const ms = require('ms'); // from the layer layers/durations

let invocations = 0;

export const handler = async (event, context) => {
  invocations += 1;
  const name = event.name ?? 'world';
  console.log('greeting', name);
  await setTimeout(Math.min(Number(event.waitMs ?? 0), 60_000));

  const remainingMs = context.getRemainingTimeInMillis();
  return {
    message: `${process.env.GREETING ?? 'Hello'}, ${name}!`,
    timeLeft: ms(remainingMs, { long: true }),
    invocations,
    context: {
      functionName: context.functionName,
      functionVersion: context.functionVersion,
      memoryLimitMb: Number(context.memoryLimitInMB),
      requestId: context.awsRequestId,
      remainingMs,
    },
    environment: {
      GREETING: process.env.GREETING,
      AWS_REGION: process.env.AWS_REGION,
      AWS_EXECUTION_ENV: process.env.AWS_EXECUTION_ENV,
      LAMBDA_TASK_ROOT: process.env.LAMBDA_TASK_ROOT,
    },
  };
};

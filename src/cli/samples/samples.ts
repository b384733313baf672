import { dynamodb, eventbridge, s3, schedule, ses } from './data';
import { alb, apigateway, apigatewayV2, functionUrl } from './http';
import { cloudwatchLogs, kinesis, sns, sqs } from './queues';
import type { Sample } from './sample';

/** Every sample event, by the word that names it on the command line. */
export const samples: Readonly<Record<string, Sample>> = {
  alb,
  apigateway,
  'apigateway-v2': apigatewayV2,
  'cloudwatch-logs': cloudwatchLogs,
  dynamodb,
  eventbridge,
  'function-url': functionUrl,
  kinesis,
  s3,
  schedule,
  ses,
  sns,
  sqs,
};

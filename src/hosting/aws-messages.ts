import { parseFunctionReference } from '../aws/arn';
import { sha256 } from '../lib/hash';
import type { AwsMessage } from './async-destinations';
import { type ApiRequest, type AwsEndpoint, jsonRequest, sendToAws } from './outbound/aws-request';

/** Invokes a function of lambdock's own asynchronously. */
export type InvokeOwn = (arn: string, payload: string) => Promise<void>;

/**
 * Sends messages to SQS, SNS, EventBridge and S3 at one endpoint, and to functions in this process.
 * Rejects with a sentence if that fails.
 */
export function awsMessages(
  endpoint: AwsEndpoint | undefined,
  invokeOwn: InvokeOwn,
): (message: AwsMessage) => Promise<void> {
  return async (message) => {
    const [, , service = '', region = ''] = message.arn.split(':');
    if (service === 'lambda') {
      await invokeOwn(message.arn, message.body);
      return;
    }
    if (endpoint === undefined)
      throw new Error('no AWS endpoint is set. Set aws.endpoint to the address of a stand-in such as moto.');
    const request = requestOf(service, message);
    if (request === undefined)
      throw new Error(`${service} is not a destination. Use SQS, SNS, EventBridge or S3.`);
    await post(endpoint, region || message.event.scope.region, request);
  };
}

function requestOf(service: string, message: AwsMessage): ApiRequest | undefined {
  switch (service) {
    case 'sqs':
      return sqsRequest(message);
    case 'sns':
      return snsRequest(message);
    case 'events':
      return eventBridgeRequest(message);
    case 's3':
      return s3Request(message);
    default:
      return undefined;
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
function sqsRequest({ arn, body, attributes }: AwsMessage): ApiRequest {
  const [, , , , accountId, name] = arn.split(':');
  const values = Object.entries(attributes).map(([key, StringValue]) => [
    key,
    { DataType: key === 'ErrorCode' ? 'Number' : 'String', StringValue },
  ]);
  return jsonRequest('sqs', 'AmazonSQS.SendMessage', '1.0', {
    QueueUrl: `http://sqs/${accountId}/${name}`,
    MessageBody: body,
    ...(values.length > 0 && { MessageAttributes: Object.fromEntries(values) }),
  });
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function snsRequest({ arn, body, attributes }: AwsMessage): ApiRequest {
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: arn,
    Message: body,
  });
  for (const [index, [name, value]] of Object.entries(attributes).entries()) {
    const entry = `MessageAttributes.entry.${index + 1}`;
    form.set(`${entry}.Name`, name);
    form.set(`${entry}.Value.DataType`, 'String');
    form.set(`${entry}.Value.StringValue`, value);
  }
  return {
    service: 'sns',
    method: 'POST',
    target: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
function eventBridgeRequest({ arn, body, ended }: AwsMessage): ApiRequest {
  const result = ended.condition === 'Success' ? 'Success' : 'Failure';
  const entry = {
    Source: 'lambda',
    DetailType: `Lambda Function Invocation Result - ${result}`,
    Detail: body,
    Resources: [arn, ended.functionArn],
    EventBusName: arn,
  };
  return jsonRequest('events', 'AWSEvents.PutEvents', '1.1', { Entries: [entry] });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function s3Request({ arn, body, ended }: AwsMessage): ApiRequest {
  const bucket = arn.split(':').at(-1) ?? '';
  const time = new Date(ended.endedMs).toISOString();
  const day = time.slice(0, 10).replaceAll('-', '/');
  const functionName = ended.functionArn.split(':')[6] ?? '';
  const stamp = time.slice(0, 19).replaceAll(':', '.');
  return {
    service: 's3',
    method: 'PUT',
    target: `/${bucket}/aws/lambda/async/${functionName}/${day}/${stamp}-${ended.requestId}`,
    headers: { 'content-type': 'application/json', 'x-amz-content-sha256': sha256(Buffer.from(body)) },
    body,
  };
}

async function post(endpoint: AwsEndpoint, region: string, request: ApiRequest): Promise<void> {
  const text = await sendToAws(endpoint, region, request);
  // A successful response of EventBridge may contain failed entries.
  if (/"FailedEntryCount":\s*[1-9]/.test(text))
    throw new Error(`events refused the record: ${text.slice(0, 200)}`);
}

/** The function that an ARN of a destination names, with its qualifier. */
export function destinationFunction(
  arn: string,
): { readonly functionName: string; readonly qualifier?: string } | undefined {
  const reference = parseFunctionReference(arn);
  if (reference.kind === 'malformed') return undefined;
  const { functionName, qualifier } = reference;
  return { functionName, ...(qualifier !== undefined && { qualifier }) };
}

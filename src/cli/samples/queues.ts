import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { option, sample, wholeNumber } from './sample';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

export const sqs = sample({
  title: 'Amazon SQS: one message of a queue',
  options: {
    body: option('body of the message', 'Hello from SQS'),
    queue: option('name of the queue', 'example-queue'),
    count: option('how many messages', '1', wholeNumber(1, 10_000)),
  },
  make({ body, queue, count }, { now, region, accountId, id }) {
    const sent = String(now.getTime());
    return {
      Records: Array.from({ length: Number(count) }, () => ({
        messageId: id(),
        receiptHandle: Buffer.from(id()).toString('base64'),
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: sent,
          SenderId: accountId,
          ApproximateFirstReceiveTimestamp: sent,
        },
        messageAttributes: {},
        md5OfBody: md5(body),
        eventSource: 'aws:sqs',
        eventSourceARN: `arn:aws:sqs:${region}:${accountId}:${queue}`,
        awsRegion: region,
      })),
    };
  },
});

export const sns = sample({
  title: 'Amazon SNS: a notification of a topic',
  options: {
    message: option('the message', 'Hello from SNS'),
    subject: option('its subject', 'Example'),
    topic: option('name of the topic', 'example-topic'),
  },
  make({ message, subject, topic }, { now, region, accountId, id }) {
    const arn = `arn:aws:sns:${region}:${accountId}:${topic}`;
    return {
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: `${arn}:${id()}`,
          Sns: {
            Type: 'Notification',
            MessageId: id(),
            TopicArn: arn,
            Subject: subject,
            Message: message,
            Timestamp: now.toISOString(),
            SignatureVersion: '1',
            Signature: 'EXAMPLE',
            SigningCertUrl: 'EXAMPLE',
            UnsubscribeUrl: 'EXAMPLE',
            MessageAttributes: {},
          },
        },
      ],
    };
  },
});

export const kinesis = sample({
  title: 'Amazon Kinesis: one record of a data stream',
  options: {
    data: option('the data, which the event has in Base64', 'Hello from Kinesis'),
    stream: option('name of the stream', 'example-stream'),
    'partition-key': option('the partition key', '1'),
  },
  make({ data, stream, 'partition-key': partitionKey }, { now, region, accountId }) {
    const sequence = '49590338271490256608559692538361571095921575989136588898';
    return {
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey,
            sequenceNumber: sequence,
            data: Buffer.from(data).toString('base64'),
            approximateArrivalTimestamp: now.getTime() / 1_000,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: `shardId-000000000000:${sequence}`,
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: `arn:aws:iam::${accountId}:role/example-role`,
          awsRegion: region,
          eventSourceARN: `arn:aws:kinesis:${region}:${accountId}:stream/${stream}`,
        },
      ],
    };
  },
});

export const cloudwatchLogs = sample({
  title: 'CloudWatch Logs: lines of a subscribed log group, compressed',
  options: {
    message: option('the log line', 'ERROR something failed'),
    group: option('name of the log group', '/aws/lambda/example'),
    stream: option('name of the log stream', 'example-stream'),
  },
  make({ message, group, stream }, { now, accountId }) {
    const content = {
      messageType: 'DATA_MESSAGE',
      owner: accountId,
      logGroup: group,
      logStream: stream,
      subscriptionFilters: ['example-filter'],
      logEvents: [
        {
          id: '36053420125450255867371389842374187840218634892133466112',
          timestamp: now.getTime(),
          message,
        },
      ],
    };
    return { awslogs: { data: gzipSync(JSON.stringify(content)).toString('base64') } };
  },
});

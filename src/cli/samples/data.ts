import { jsonObject, oneOf, option, sample, wholeNumber } from './sample';

export const s3 = sample({
  title: 'Amazon S3: an object was created or removed',
  options: {
    bucket: option('name of the bucket', 'example-bucket'),
    key: option('key of the object', 'folder/example.txt'),
    event: option('name of the event', 'ObjectCreated:Put'),
    size: option('size of the object in bytes', '1024', wholeNumber(0, 1e12)),
  },
  make({ bucket, key, event, size }, { now, region, accountId }) {
    // Keys are encoded as in a form: a space is +.
    const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
    const isRemoved = event.startsWith('ObjectRemoved');
    return {
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: region,
          eventTime: now.toISOString(),
          eventName: event,
          userIdentity: { principalId: 'EXAMPLE' },
          requestParameters: { sourceIPAddress: '203.0.113.1' },
          responseElements: { 'x-amz-request-id': 'EXAMPLE123456789', 'x-amz-id-2': 'EXAMPLE' },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: 'example-configuration',
            bucket: {
              name: bucket,
              ownerIdentity: { principalId: accountId },
              arn: `arn:aws:s3:::${bucket}`,
            },
            object: {
              key: encoded,
              ...(!isRemoved && { size: Number(size), eTag: '0123456789abcdef0123456789abcdef' }),
              sequencer: '0A1B2C3D4E5F678901',
            },
          },
        },
      ],
    };
  },
});

export const dynamodb = sample({
  title: 'DynamoDB stream: an item was inserted, modified or removed',
  options: {
    table: option('name of the table', 'example-table'),
    event: option('INSERT, MODIFY or REMOVE', 'INSERT', oneOf('INSERT', 'MODIFY', 'REMOVE')),
    id: option('value of the key "id"', '101'),
    message: option('value of the attribute "message"', 'Hello from DynamoDB'),
  },
  make({ table, event, id: key, message }, { now, region, accountId, id }) {
    const keys = { id: { S: key } };
    const image = { ...keys, message: { S: message } };
    const stream = `${now.toISOString().slice(0, 19)}.000`;
    return {
      Records: [
        {
          eventID: id().replaceAll('-', ''),
          eventName: event,
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: region,
          dynamodb: {
            ApproximateCreationDateTime: Math.floor(now.getTime() / 1_000),
            Keys: keys,
            ...(event !== 'REMOVE' && { NewImage: image }),
            ...(event !== 'INSERT' && { OldImage: image }),
            SequenceNumber: '4421584500000000017450439091',
            SizeBytes: Buffer.byteLength(JSON.stringify(image)),
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
          eventSourceARN: `arn:aws:dynamodb:${region}:${accountId}:table/${table}/stream/${stream}`,
        },
      ],
    };
  },
});

export const eventbridge = sample({
  title: 'EventBridge: an event of a bus',
  options: {
    source: option('source of the event', 'com.example.orders'),
    'detail-type': option('type of the event', 'OrderCreated'),
    detail: option('its detail, a JSON object', '{"orderId":"1"}', jsonObject),
  },
  make({ source, 'detail-type': type, detail }, { now, region, accountId, id }) {
    return {
      version: '0',
      id: id(),
      'detail-type': type,
      source,
      account: accountId,
      time: `${now.toISOString().slice(0, 19)}Z`,
      region,
      resources: [],
      detail: JSON.parse(detail),
    };
  },
});

export const schedule = sample({
  title: 'EventBridge: a scheduled rule',
  options: { rule: option('name of the rule', 'example-rule') },
  make({ rule }, { now, region, accountId, id }) {
    return {
      version: '0',
      id: id(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: accountId,
      time: `${now.toISOString().slice(0, 19)}Z`,
      region,
      resources: [`arn:aws:events:${region}:${accountId}:rule/${rule}`],
      detail: {},
    };
  },
});

export const ses = sample({
  title: 'Amazon SES: an email was received',
  options: {
    from: option('address of the sender', 'jane@example.com'),
    to: option('address of the recipient', 'johndoe@example.com'),
    subject: option('subject of the email', 'Example'),
  },
  make({ from, to, subject }, { now, region, accountId, id }) {
    const timestamp = now.toISOString();
    const date = now.toUTCString().replace('GMT', '+0000');
    const pass = { status: 'PASS' };
    return {
      Records: [
        {
          eventSource: 'aws:ses',
          eventVersion: '1.0',
          ses: {
            mail: {
              timestamp,
              source: from,
              messageId: id().replaceAll('-', ''),
              destination: [to],
              headersTruncated: false,
              headers: [
                { name: 'From', value: from },
                { name: 'To', value: to },
                { name: 'Subject', value: subject },
                { name: 'Date', value: date },
              ],
              commonHeaders: { from: [from], to: [to], subject, date, returnPath: from },
            },
            receipt: {
              timestamp,
              processingTimeMillis: 574,
              recipients: [to],
              spamVerdict: pass,
              virusVerdict: pass,
              spfVerdict: pass,
              dkimVerdict: pass,
              dmarcVerdict: pass,
              action: {
                type: 'Lambda',
                functionArn: `arn:aws:lambda:${region}:${accountId}:function:example`,
                invocationType: 'Event',
              },
            },
          },
        },
      ],
    };
  },
});

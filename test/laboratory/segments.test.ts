import { readSegments } from '../../src/laboratory/segments';

const traceId = '1-581cf771-a006649127e371903a2de979';

const datagram = (document: unknown, header: unknown = { format: 'json', version: 1 }) =>
  Buffer.from(`${JSON.stringify(header)}\n${JSON.stringify(document)}`);

const segment = {
  id: '70de5b6f19ff9a0a',
  name: 'query',
  trace_id: traceId,
  parent_id: '53995c3f42cd8ad8',
  type: 'subsegment',
  start_time: 1_478_293_361.271,
  end_time: 1_478_293_361.449,
};

test('reads a segment, with those within it below it', () => {
  const inner = {
    id: '70de5b6f19ff9a0b',
    name: 'inner',
    start_time: 1_478_293_361.3,
    end_time: 1_478_293_361.4,
  };
  expect(readSegments(datagram({ ...segment, fault: true, subsegments: [inner] }))).toEqual({
    traceId,
    segments: [
      {
        id: segment.id,
        parentId: segment.parent_id,
        name: 'query',
        at: 1_478_293_361_271,
        durationMs: 178,
        isError: true,
      },
      { id: inner.id, parentId: segment.id, name: 'inner', at: 1_478_293_361_300, durationMs: 100 },
    ],
  });
});

test('cuts long names and deep or many segments', () => {
  const many = Array.from({ length: 300 }, (_, at) => ({
    ...segment,
    id: at.toString(16).padStart(16, '0'),
  }));
  expect(readSegments(datagram({ ...segment, subsegments: many }))?.segments).toHaveLength(200);
  expect(readSegments(datagram({ ...segment, name: 'x'.repeat(1_000) }))?.segments[0]?.name).toHaveLength(
    200,
  );
  let deep: object = segment;
  for (let depth = 0; depth < 500; depth += 1) deep = { ...segment, subsegments: [deep] };
  expect(readSegments(datagram(deep))?.segments).toHaveLength(21);
});

test.each([
  ['no line break', Buffer.from('{"format":"json","version":1}')],
  ['no JSON', Buffer.from('{"format":"json"}\n{"id"')],
  ['another format', datagram(segment, { format: 'proto' })],
  ['no object', datagram('text')],
  ['no trace', datagram({ ...segment, trace_id: undefined })],
  ['an id of another form', datagram({ ...segment, id: '../..' })],
  ['a segment in progress', datagram({ ...segment, end_time: undefined, in_progress: true })],
])('ignores %s', (_, bytes) => {
  expect(readSegments(bytes)).toBeUndefined();
});

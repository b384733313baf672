import { runtimeOfBase, withStandIns } from '../../../../src/engine/docker/images/aws-bases';

test.each([
  ['public.ecr.aws/lambda/python:3.12', 'python3.12'],
  ['public.ecr.aws/lambda/python:3.13-arm64', 'python3.13'],
  ['public.ecr.aws/lambda/nodejs:20.2025.01.05.10-x86_64', 'nodejs20.x'],
  ['amazon/aws-lambda-nodejs:22', 'nodejs22.x'],
  ['docker.io/amazon/aws-lambda-provided:al2023', 'provided.al2023'],
  ['public.ecr.aws/lambda/provided:al2', 'provided.al2'],
  ['public.ecr.aws/lambda/python', 'python3.14'],
  ['public.ecr.aws/lambda/python:3.8', undefined],
  ['public.ecr.aws/lambda/perl:5', undefined],
  ['public.ecr.aws/docker/library/python:3.12', undefined],
  ['python:3.12', undefined],
])('%s is the base of %s', (reference, runtime) => {
  expect(runtimeOfBase(reference)?.runtime).toBe(runtime);
});

test('replaces the images of stages, also where arguments name them', async () => {
  const dockerfile = `# syntax=x
ARG VERSION=3.12
ARG TAG="slim"
ARG NONE
FROM --platform=linux/amd64 public.ecr.aws/lambda/python:\${VERSION} AS build
ARG VERSION=other
RUN echo FROM nothing
from python:$TAG
FROM node:\${NONE:-20} AS last
COPY --from=build /x /x
`;
  const asked: string[] = [];
  const replaced = await withStandIns(dockerfile, { VERSION: '3.13' }, async (reference) => {
    asked.push(reference);
    return reference.startsWith('public') ? 'stand-in:1' : undefined;
  });
  expect(asked).toEqual(['public.ecr.aws/lambda/python:3.13', 'python:slim', 'node:20']);
  expect(replaced).toBe(dockerfile.replace(/public\S+/, 'stand-in:1'));
});

test('trusts further authorities while such a stage is built', async () => {
  const replaced = await withStandIns('FROM a\nRUN x\nFROM b AS c', {}, async (name) => `${name}-1`, true);
  const [first, copy, ...rest] = replaced.split('\n');
  expect([first, copy]).toEqual(['FROM a-1', 'COPY .lambdock.ca.pem /etc/pki/lambdock.pem']);
  expect(rest).toContain('ARG PIP_CERT=/etc/pki/lambdock.pem');
  expect(rest.slice(rest.indexOf('RUN x'), rest.indexOf('RUN x') + 3)).toEqual([
    'RUN x',
    'FROM b-1 AS c',
    copy,
  ]);
});

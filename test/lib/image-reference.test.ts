import { isImageReference, repositoryOf } from '../../src/lib/image-reference';

const hex = 'a1'.repeat(32);

test.each([
  'img',
  'img:tag',
  'my-image:v1.2_3',
  'group/sub__part/name---x:latest',
  'localhost:5000/img',
  'registry.example.com/team/img:1',
  'Registry.Example.com:443/img',
  '[2001:db8::1]:5000/img:tag',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com/repo:tag',
  `img@sha256:${hex}`,
  `localhost:5000/img:tag@sha256:${hex}`,
  `sha256:${hex}`,
  `img:${'t'.repeat(128)}`,
])('accepts %s', (reference) => {
  expect(isImageReference(reference)).toBe(true);
});

test.each([
  '',
  ' ',
  'img//raw',
  'a/../b',
  './img',
  '/img',
  'img/',
  'http://x/y',
  'https://registry.example.com/img',
  'Img',
  'a/B',
  'img:',
  'img:-tag',
  `img:${'t'.repeat(129)}`,
  'img:tag:tag',
  'img tag',
  'img?x=1',
  'img#x',
  'img%2e',
  'img\n',
  `img@sha256:${hex.slice(1)}`,
  'img@md5:abc',
  'a___b',
  '_a',
  'a-',
  hex,
  'ä',
  `${'a/'.repeat(128)}a`,
])('refuses %j', (reference) => {
  expect(isImageReference(reference)).toBe(false);
});

test('finds the name without tag and digest', () => {
  expect(repositoryOf(`localhost:5000/img:tag@sha256:${hex}`)).toBe('localhost:5000/img');
  expect(repositoryOf('img:tag')).toBe('img');
  expect(repositoryOf(`sha256:${hex}`)).toBe(`sha256:${hex}`);
});

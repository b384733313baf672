import { declaredVolumes } from '../../../src/engine/docker/declared-volumes';

const owner = { instance: 'home', boot: 'b1' };
const of = (paths: readonly string[], image = 'sha256:1') => declaredVolumes(paths, image, owner);

test('a declared path gets a named volume, read-only; one below /tmp a tmpfs; /tmp has its own', () => {
  const { readOnly, temporary } = of(['/data/', '/opt/../srv/x', '/data', '/tmp', '/tmp/a/', '/tmpfiles']);
  expect(readOnly.map(({ path }) => path)).toEqual(['/data', '/srv/x', '/tmpfiles']);
  expect(temporary).toEqual(['/tmp/a']);
  for (const { name } of readOnly) expect(name).toMatch(/^lambdock-home-b1-[0-9a-f]{12}$/);
});

test('sandboxes of one image share a volume, and other images or paths have another', () => {
  const nameOf = (path: string, image?: string) => of([path], image).readOnly[0]?.name;
  expect(nameOf('/a')).toBe(nameOf('/a'));
  expect(new Set([nameOf('/a'), nameOf('/b'), nameOf('/a', 'sha256:2')]).size).toBe(3);
});

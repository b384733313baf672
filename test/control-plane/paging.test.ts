import fc from 'fast-check';
import { pageOf } from '../../src/control-plane/paging';

const keys = fc
  .uniqueArray(fc.string({ minLength: 1, unit: 'binary' }), { maxLength: 40 })
  .map((all) => all.sort());

/** Every page, each asked for with the marker of the one before. */
function walk(
  all: readonly string[],
  MaxItems: number,
  between: (page: number) => readonly string[] = () => all,
) {
  const pages: (readonly string[])[] = [];
  let Marker: string | undefined;
  do {
    const page = pageOf(between(pages.length), (key) => key, {
      MaxItems,
      ...(Marker !== undefined && { Marker }),
    });
    pages.push(page.items);
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return pages;
}

test('pages together are the list, each full but the last', () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 10 }), (all, size) => {
      const pages = walk(all, size);
      expect(pages.flat()).toEqual(all);
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(size);
      expect(pages.length).toBe(Math.max(1, Math.ceil(all.length / size)));
    }),
  );
});

test('what stays is listed exactly once, whatever comes and goes between the pages', () => {
  fc.assert(
    fc.property(keys, keys, fc.integer({ min: 1, max: 5 }), (stay, come, size) => {
      const passing = come.filter((key) => !stay.includes(key));
      const both = [...stay, ...passing].sort();
      const found = walk(stay, size, (page) => (page % 2 === 0 ? both : stay)).flat();
      expect(found.filter((key) => stay.includes(key))).toEqual(stay);
    }),
  );
});

test('a page far behind is found as soon as an early one', () => {
  const all = Array.from({ length: 1_000 }, (_, index) => String(index + 1_000));
  let looks = 0;
  const Marker = pageOf(all.slice(0, 951), (key) => key, { MaxItems: 950 }, 950).NextMarker ?? '';
  const { items } = pageOf(
    all,
    (key) => {
      looks += 1;
      return key;
    },
    { Marker },
  );
  expect(items).toEqual(all.slice(950));
  expect(looks).toBeLessThan(20);
});

test('a page has no more than the most that there may be', () => {
  const all = Array.from({ length: 60 }, (_, index) => String(index + 100));
  expect(pageOf(all, (key) => key, {}).items).toHaveLength(50);
  expect(pageOf(all, (key) => key, { MaxItems: 10_000 }).items).toHaveLength(50);
  expect(pageOf(all, (key) => key, { MaxItems: 10_000 }, 10_000)).toEqual({ items: all });
});

test.each(['x', '%', 'bm90IGpzb24', Buffer.from('[1]').toString('base64url')])(
  'the marker %s is refused',
  (Marker) => {
    expect(() => pageOf(['a'], (key) => key, { Marker })).toThrow(`The marker ${Marker} is not valid.`);
  },
);

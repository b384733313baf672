import { deprecationNotice } from '../../src/runtimes/deprecations';
import { hostedRuntimes } from '../../src/runtimes/runtimes';

test('of the hosted runtimes these are deprecated, and the notice says since when', () => {
  const notices = hostedRuntimes.flatMap((runtime) => deprecationNotice(runtime) ?? []);
  expect(notices.map((notice) => notice.split('. ')[0])).toEqual([
    'python3.9 is deprecated by AWS since 2025-12-15',
    'nodejs16.x is deprecated by AWS since 2024-06-12',
    'nodejs18.x is deprecated by AWS since 2025-09-01',
    'nodejs20.x is deprecated by AWS since 2026-04-30',
    'dotnet6 is deprecated by AWS since 2024-12-20',
    'dotnet8 is deprecated by AWS since 2026-11-10',
    'ruby3.2 is deprecated by AWS since 2026-03-31',
  ]);
});

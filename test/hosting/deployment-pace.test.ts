import { DeploymentPace } from '../../src/hosting/deployment-pace';

/** Deploys, and returns what a change of these paths so many milliseconds later has to wait. */
function afterDeployment(
  pace: DeploymentPace,
  paths: readonly string[],
  laterMs: number,
  at: { ms: number },
) {
  pace.begin();
  pace.end(at.ms);
  at.ms += laterMs;
  return pace.delay(paths, at.ms);
}

test('holds back a file that follows each deployment closely, ever longer, and says so once', () => {
  const pace = new DeploymentPace();
  const at = { ms: 0 };
  const delays = Array.from({ length: 10 }, () => afterDeployment(pace, ['/code/app.log'], 100, at));
  expect(delays.map(({ delayMs }) => delayMs)).toEqual([
    0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  expect(delays.map(({ heldBack }) => heldBack).filter(Boolean)).toEqual(['/code/app.log']);
});

test('deploys another file at once, also where one of the same moment is held back', () => {
  const pace = new DeploymentPace();
  const at = { ms: 0 };
  for (let i = 0; i < 6; i += 1) afterDeployment(pace, ['/code/app.log'], 100, at);
  expect(pace.delay(['/code/app.log', '/code/app.py'], at.ms).delayMs).toBe(0);
});

test('does not hold back a file that changes also when nothing was deployed', () => {
  const pace = new DeploymentPace();
  const at = { ms: 0 };
  for (let i = 0; i < 6; i += 1) afterDeployment(pace, ['/code/app.py'], 100, at);
  at.ms += 1_000;
  expect(pace.delay(['/code/app.py'], at.ms).delayMs).toBe(0);
  expect(afterDeployment(pace, ['/code/app.py'], 100, at).delayMs).toBe(0);
});

test('counts changes during a deployment as its own, and several of them as one', () => {
  const pace = new DeploymentPace();
  for (let i = 0; i < 3; i += 1) {
    pace.begin();
    for (let change = 0; change < 5; change += 1) expect(pace.delay(['/code/x'], 0).delayMs).toBe(0);
  }
  pace.begin();
  expect(pace.delay(['/code/x'], 0)).toEqual({ delayMs: 1_000, heldBack: '/code/x' });
});

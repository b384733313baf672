import { median, type Row } from './figures';
import { type EditedFunction, editedFunctions, writeEdited } from './functions';
import type { Lambdock } from './lambdock';

const rounds = 7;
const aimMs = 400;
const payload = Buffer.from('{}');

/** From the end of writing a function's file to the first answer of the new code, asked for again and again. */
export async function measureEdits(folder: string, lambdock: Lambdock): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of editedFunctions) {
    const times: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      await lambdock.rest();
      const ms = await edit(folder, lambdock, name, `${round} ${'x'.repeat(round)}`);
      // The first one finds a function that was never called.
      if (round > 0) times.push(ms);
    }
    rows.push({ what: `edit to new answer: ${name}`, ms: median(times), atMostMs: aimMs });
  }
  return rows;
}

async function edit(folder: string, lambdock: Lambdock, name: EditedFunction, text: string): Promise<number> {
  await lambdock.caller.answer(name, payload);
  await writeEdited(folder, text, name);
  const begun = performance.now();
  for (;;) {
    const answer = await lambdock.caller.answer(name, payload);
    if (answer.includes(text)) return performance.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

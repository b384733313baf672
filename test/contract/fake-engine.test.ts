import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FakeEngine, FakeHost } from '../support/fakes/fake-engine';
import type { FakeProcess, Script } from '../support/fakes/fake-process';
import { engineContract, type Subject } from './engine-contract';
import { type Program, processOf } from './programs';

const mebibyte = 1024 * 1024;

async function stay(process: FakeProcess, word = 'up'): Promise<never> {
  process.print(word);
  return process.hang();
}

/** The contract's programs, as scripts. */
function scriptOf(program: Program): Script {
  switch (program[0]) {
    case 'lines':
      return (process) => {
        for (let line = 1; line <= program[1]; line += 1) process.print(`line ${line}\n`);
      };
    case 'streams':
      return (process) => {
        process.print('out');
        process.print('err', 'stderr');
        process.print('log', 'telemetry');
      };
    case 'exit':
      return () => program[1];
    case 'crash':
      return (process) => process.crash(program[1]);
    case 'idle':
      return stay;
    case 'trap':
      return (process) => {
        process.onSigterm(() => {
          process.print('bye');
          process.end({ code: 7, outOfMemory: false });
        });
        return stay(process);
      };
    case 'ticker':
      return async (process) => {
        while (!process.ended) {
          process.print('tick');
          await setTimeout(5);
          await process.continued();
        }
      };
    case 'grow':
      return (process) => {
        process.useMemory(program[1] * mebibyte);
        return stay(process);
      };
    case 'fill':
      return (process) => {
        try {
          process.sandbox.writeTmp(program[1], Buffer.alloc(program[2] * mebibyte));
        } catch {
          return stay(process, 'ENOSPC');
        }
        return stay(process);
      };
    case 'size':
      return (process) => process.print(String(process.sandbox.tmp.get(program[1])?.length ?? 'absent'));
    case 'list':
      return (process) => {
        const { codeFolder, layersFolder } = process.sandbox;
        const folder = program[1] === '/opt' ? layersFolder : codeFolder;
        const names = folder === undefined ? [] : readdirSync(folder).sort();
        for (const name of names)
          process.print(`${name} ${readFileSync(join(String(folder), name), 'utf8')}\n`);
      };
    case 'spoil':
      return (process) => process.print('0');
    case 'post':
      return async (process) => {
        process.print('asking');
        const { status, body } = await process.http('POST', '/echo', { body: Buffer.alloc(program[1]) });
        process.print(`${status} ${body.length}`);
      };
    case 'poll':
      return async (process) => {
        process.print('polling');
        process.print(String((await process.http('GET', '/2018-06-01/runtime/invocation/next')).status));
      };
    case 'serve':
      return (process) => {
        process.listen(program[1], (request, response) => response.end(`inside ${request.url}`));
        return stay(process);
      };
  }
}

async function openSubject(): Promise<Subject> {
  const host = new FakeHost();
  const folder = await mkdtemp(join(tmpdir(), 'lambdock-'));
  const engines: FakeEngine[] = [];
  const fakeOf = (engine: unknown) => engines.find((each) => each === engine) ?? new FakeEngine();
  return {
    image: 'fake',
    folder,
    missing: ['/no/such/command'],
    async open(boot) {
      const engine = new FakeEngine({ host, boot });
      engine.missingFolders.add('/nowhere');
      engine.program = ({ command: [first, program] }) =>
        first === 'program' && program !== undefined ? scriptOf(JSON.parse(program)) : undefined;
      engines.push(engine);
      return engine;
    },
    process: (name, program, more) => processOf(name, ['program', JSON.stringify(program)], more),
    async extensions(engine, names) {
      fakeOf(engine).extensionScripts = Object.fromEntries(names.map((name) => [name, stay]));
      return {};
    },
    async kill(engine, sandbox) {
      fakeOf(engine).sandbox(sandbox.id).kill();
    },
    close: () => rm(folder, { recursive: true }),
  };
}

engineContract('fake engine', openSubject, 5_000);

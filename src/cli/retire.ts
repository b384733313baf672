import { type Connection, Emulator } from './client/emulator';

export async function retire(
  connection: Connection,
  name: string,
  { json = false }: { readonly json?: boolean },
): Promise<number> {
  const retired = await new Emulator(connection).retire(name);
  process.stdout.write(json ? `${JSON.stringify({ retired })}\n` : `${sentence(name, retired)}\n`);
  return 0;
}

function sentence(name: string, retired: number): string {
  if (retired === 0) return `${name} has no environments. Its next invocation is a cold start.`;
  return `Retired ${retired} ${retired === 1 ? 'environment' : 'environments'} of ${name}. Its next invocation is a cold start.`;
}

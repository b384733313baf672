// Generated from images/init/protocol.json by images/init/generate.cjs; do not edit.

export const protocolVersion = 2;

export const startFlag = { telemetry: 1, direct: 2 } as const;
export const memoryFlag = { resetPeak: 1 } as const;
export const helloFlag = { handedOver: 1 } as const;
export const stream = { stdout: 1, stderr: 2, telemetry: 3 } as const;
export const exitKind = { code: 0, signal: 1 } as const;
export const exitFlag = { outOfMemory: 1 } as const;
export const startStep = { workingDirectory: 1, command: 2, interpreter: 3 } as const;
export const cleanStatus = { clean: 0, dirty: 1 } as const;

/** Frames from lambdock to an init. */
// biome-ignore format: a line per frame
export const commandFrames = {
  start: { type: 'S', fields: [['flags', 'u32'], ['process', 'text'], ['folder', 'text'], ['argumentCount', 'u32'], ['strings', 'texts']] },
  kill: { type: 'K', fields: [['process', 'text'], ['signal', 'u8']] },
  freeze: { type: 'F', fields: [] },
  thaw: { type: 'T', fields: [] },
  reset: { type: 'R', fields: [['id', 'u32']] },
  clean: { type: 'C', fields: [['id', 'u32']] },
  memory: { type: 'M', fields: [['id', 'u32'], ['flags', 'u8']] },
  watch: { type: 'W', fields: [['limit', 'u64']] },
  list: { type: 'L', fields: [['id', 'u32']] },
  dial: { type: 'B', fields: [['id', 'u32'], ['port', 'u16']] },
  quit: { type: 'Q', fields: [] },
} as const;

/** Frames from an init to lambdock. */
// biome-ignore format: a line per frame
export const eventFrames = {
  hello: { type: 'H', fields: [['protocol', 'u8'], ['cgroup', 'u8'], ['pid', 'u32'], ['flags', 'u8']] },
  output: { type: 'O', fields: [['stream', 'u8'], ['process', 'text'], ['content', 'bytes']] },
  exited: { type: 'X', fields: [['process', 'text'], ['kind', 'u8'], ['value', 'u8'], ['flags', 'u8']] },
  startFailed: { type: 'P', fields: [['process', 'text'], ['step', 'u8'], ['reason', 'u32']] },
  memory: { type: 'M', fields: [['id', 'u32'], ['current', 'u64'], ['peak', 'u64'], ['tmp', 'u64']] },
  done: { type: 'D', fields: [['id', 'u32'], ['status', 'u8']] },
  extensions: { type: 'N', fields: [['id', 'u32'], ['files', 'texts']] },
  dialFailed: { type: 'E', fields: [['id', 'u32'], ['reason', 'u32']] },
  segment: { type: 'U', fields: [['content', 'bytes']] },
} as const;

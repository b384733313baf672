// Generates the shared frame definitions for C and TypeScript from protocol.json: `npm run generate:frames`.
// With --check it writes nothing and fails if a file is not current.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const { version, codes, commands, events } = JSON.parse(
  readFileSync(join(__dirname, 'protocol.json'), 'utf8'),
);

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const constant = (name) => snake(name).toUpperCase();
const fieldsOf = ({ fields }) => fields.map((field) => field.split(' '));
const bytes = { u8: 1, u16: 2, u32: 4, u64: 8 };

/** Parameters of a C function that sends a field. `texts` and `bytes` fill the rest of a frame. */
const parameters = ([kind, name]) => {
  if (kind === 'text') return [`const char *${snake(name)}`];
  if (kind in bytes) return [`uint${8 * bytes[kind]}_t ${snake(name)}`];
  return [`const void *${snake(name)}`, 'size_t size'];
};

const prototype = (event) => {
  const list = fieldsOf(event).flatMap(parameters);
  return `void send_${snake(event.name)}(${list.join(', ')})`;
};

const put = ([kind, name]) => {
  if (kind === 'text') return `put_text(frame, ${snake(name)});`;
  if (kind in bytes) return `put_number(frame, ${snake(name)}, ${bytes[kind]});`;
  return `put_bytes(frame, ${snake(name)}, size);`;
};

const sender = (event) => `${prototype(event)} {
    struct buffer *frame = control_frame(EVENT_TYPE_${constant(event.name)});
${fieldsOf(event)
  .map((field) => `    ${put(field)}\n`)
  .join('')}    control_frame_end();
}
`;

const member = ([kind, name]) => {
  if (kind === 'text') return `        char *${snake(name)};\n`;
  if (kind in bytes) return `        uint${8 * bytes[kind]}_t ${snake(name)};\n`;
  return `        struct payload ${snake(name)};\n`;
};

const take = (command, [kind, name]) => {
  const target = `command->${snake(command.name)}.${snake(name)}`;
  if (kind === 'text') return `        ${target} = take_text(payload);\n`;
  if (kind in bytes)
    return `        ${target} = (uint${8 * bytes[kind]}_t)take_number(payload, ${bytes[kind]});\n`;
  return `        ${target} = take_rest(payload);\n`;
};

const reader = (command) => `    case COMMAND_TYPE_${constant(command.name)}:
${fieldsOf(command)
  .map((field) => take(command, field))
  .join('')}        break;
`;

const enumeration = (name, values) =>
  `enum ${snake(name)} {\n${Object.entries(values)
    .map(([each, value]) => `    ${constant(name)}_${constant(each)} = ${value},\n`)
    .join('')}};\n`;

const types = (name, frames) =>
  `enum ${name} {\n${frames.map((each) => `    ${constant(name)}_${constant(each.name)} = '${each.type}',\n`).join('')}};\n`;

const notice = 'Generated from protocol.json by generate.cjs; do not edit.';

const header = `/* ${notice} */
#pragma once

#include "wire.h"

#define PROTOCOL_VERSION ${version}

${Object.entries(codes)
  .map(([name, values]) => enumeration(name, values))
  .join('\n')}
${types('command_type', commands)}
${types('event_type', events)}
/* A command's fields; which member is valid follows from the type. */
struct command {
    char type;
    union {
${commands
  .filter(({ fields }) => fields.length > 0)
  .map(
    (each) =>
      `        struct {\n${fieldsOf(each)
        .map((field) => `    ${member(field)}`)
        .join('')}        } ${snake(each.name)};\n`,
  )
  .join('')}    };
};

/* False for an unknown type and for a payload that is shorter than its fields. */
bool command_read(char type, struct payload *payload, struct command *command);

${events.map((each) => `${prototype(each)};`).join('\n')}
`;

const source = `/* ${notice} */
#include "protocol.h"
#include "control.h"

bool command_read(char type, struct payload *payload, struct command *command) {
    command->type = type;
    switch (type) {
${commands.map(reader).join('')}    default:
        return false;
    }
    return !payload->cut_short;
}

${events.map(sender).join('\n')}`;

const layout = (each) => {
  const fields = fieldsOf(each).map(([kind, name]) => `['${name}', '${kind}']`);
  return `  ${each.name}: { type: '${each.type}', fields: [${fields.join(', ')}] },\n`;
};

const script = `// Generated from images/init/protocol.json by images/init/generate.cjs; do not edit.

export const protocolVersion = ${version};

${Object.entries(codes)
  .map(
    ([name, values]) =>
      `export const ${name} = { ${Object.entries(values)
        .map(([each, value]) => `${each}: ${value}`)
        .join(', ')} } as const;\n`,
  )
  .join('')}
/** Frames from lambdock to an init. */
// biome-ignore format: a line per frame
export const commandFrames = {
${commands.map(layout).join('')}} as const;

/** Frames from an init to lambdock. */
// biome-ignore format: a line per frame
export const eventFrames = {
${events.map(layout).join('')}} as const;
`;

const outputs = new Map([
  [join(__dirname, 'protocol.h'), header],
  [join(__dirname, 'protocol.c'), source],
  [join(__dirname, '../../src/engine/init/frame-table.ts'), script],
]);

const isCheck = process.argv.includes('--check');
for (const [path, text] of outputs) {
  if (!isCheck) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${path} is not current. Run npm run generate:frames.`);
    process.exitCode = 1;
  }
}

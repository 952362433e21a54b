import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { contractCases } from '../../engines/contract/contract.ts';
import engine from './fixtures/my-engine.ts';
import { contractSuite } from './suite.ts';

const run = promisify(execFile);
const module = new URL('./fixtures/my-engine.ts', import.meta.url);

contractSuite('the engine of docs/writing-an-engine.md', {
  engine,
  module,
  profile: 'directory',
  target: async () => {
    const address = await mkdtemp(join(tmpdir(), 'my-engine-'));
    return {
      target: { kind: 'embedded', title: 'directory', address, nodes: 1, settings: {} },
      down: () => rm(address, { recursive: true }),
    };
  },
});

const doc = new URL('../../docs/writing-an-engine.md', import.meta.url);

/** The blocks that the document marks with `language name`. */
async function printed(mark: RegExp): Promise<readonly string[]> {
  const text = await readFile(doc, 'utf8');
  const blocks = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, info = '', code = '']) => (mark.test(info) ? [code] : []));
}

test('the document prints exactly the engine that passes', async () => {
  const tested = await readFile(module, 'utf8');
  const pieces = await printed(/^ts my-engine\.ts$/);
  expect(pieces.join('\n')).toBe(tested.replace('../../../engines/engine.ts', 'ackmark/engine'));
});

test('the document’s engine passes under the document’s own node:test file', async () => {
  const [suite = ''] = (await printed(/^ts$/)).filter((code) => code.includes('node:test'));
  const directory = await mkdtemp(join(tmpdir(), 'outside-'));
  const contract = new URL('../../engines/contract/contract.ts', import.meta.url).href;
  try {
    await writeFile(
      join(directory, 'my-engine.ts'),
      (await printed(/^ts my-engine\.ts$/)).join('\n'),
    );
    await writeFile(join(directory, 'suite.ts'), suite.replace('ackmark/contract', contract));
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'suite.ts'], {
      cwd: directory,
      env: { PATH: process.env['PATH'] },
    });
    expect(stdout).toContain(`# pass ${contractCases.length}`);
    expect(stdout).toContain('# fail 0');
  } finally {
    await rm(directory, { recursive: true });
  }
});

import { describe, expect, it } from 'vitest';
import { programName } from '../../../harness/cli/program-name.ts';

const clone = { directory: '/clone', script: '/clone/harness/cli/bin.ts' };

describe('the beginning of a printed command', () => {
  it.each(['ackmark', 'start'])('is the npm script of a clone, called by `npm run %s`', (event) => {
    const environment = { npm_lifecycle_event: event };
    expect(programName({ ...clone, environment })).toBe('npm run -s ackmark --');
  });

  it('is the file where the file was called', () => {
    expect(programName({ ...clone, environment: {} })).toBe('node harness/cli/bin.ts');
  });

  it('is the whole path of the file from another directory, quoted where it must be', () => {
    const script = '/my clone/harness/cli/bin.ts';
    expect(programName({ directory: '/elsewhere', script, environment: {} })).toBe(
      `node '${script}'`,
    );
  });

  it.each(['/x/node_modules/.bin/ackmark', '/x/node_modules/ackmark/dist/harness/cli/bin.js'])(
    'is the name of the package where %s is installed, whatever script calls it',
    (script) => {
      const environment = { npm_lifecycle_event: 'start' };
      expect(programName({ directory: '/x', script, environment })).toBe('ackmark');
    },
  );
});

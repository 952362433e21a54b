#!/usr/bin/env node
/**
 * Where the command line gets its `process` from; everything else there is handed a `Host`. This file must
 * load on a Node that cannot run the rest, so the rest is imported after the version check.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 24 || (major === 24 && minor < 6)) {
  process.stderr.write(
    `ackmark needs Node 24.6 or newer, this is ${process.versions.node}: install it from https://nodejs.org\n`,
  );
  process.exitCode = 64;
} else {
  const { keepCompiledCode } = await import('./compiled-code.ts');
  keepCompiledCode(process.env);
  const { runProcess } = await import('./process-host.ts');
  await runProcess(process);
}

// oxlint-disable-next-line unicorn/require-module-specifiers -- it makes this file a module
export {};

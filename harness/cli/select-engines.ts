import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CatalogEntry } from '../../engines/catalog.ts';
import type { Engine, Environment } from '../../engines/engine.ts';
import { checkEngineShape } from '../../engines/engine-shape.ts';
import { quoted, refuseLoginIn } from '../../engines/external-access.ts';
import type { Level } from '../core/clauses.ts';
import { AckmarkError } from '../core/errors.ts';
import type { TargetChoice } from '../plan/cell.ts';
import type { SelectedEngine } from '../plan/expand.ts';
import type { Problem } from './problems.ts';
import { suggestion } from '../core/suggest.ts';

export interface EngineSelection {
  readonly references: readonly string[];
  /** From `--target`: a provisioner's name or a URL; undefined takes each engine's default. */
  readonly target: string | undefined;
  readonly levels: readonly Level[];
  readonly directory: string;
  /** Where logins for a system elsewhere are. */
  readonly environment: Environment;
}

export interface NamedEngine {
  readonly engine: Engine;
  readonly module: string;
  readonly reference: string;
  readonly defaultTarget: string;
}

/**
 * Resolves `kafka`, `kafka@acks-1` and `./my-engine.ts@profile`. Profiles of one engine named apart are
 * gathered, so that an engine stands once in the plan. Mistakes are added to `problems`.
 */
export async function selectEngines(
  selection: EngineSelection,
  catalog: readonly CatalogEntry[],
  problems: Problem[],
): Promise<readonly SelectedEngine[]> {
  const selected = new Map<string, SelectedEngine>();
  for (const reference of selection.references) {
    const { name, profile } = splitReference(reference);
    const named = await loadEngine(name, selection.directory, catalog, problems);
    if (named === undefined) continue;
    const profiles = profilesOf(named, profile, selection.levels, problems);
    const target = targetOf(named, selection, problems);
    if (target === undefined) continue;
    const known = selected.get(named.module);
    selected.set(named.module, {
      engine: named.engine,
      module: named.module,
      reference: named.reference,
      profiles: [...new Set([...(known?.profiles ?? []), ...profiles])],
      target,
    });
  }
  return [...selected.values()].filter((engine) => engine.profiles.length > 0);
}

/** `kafka@acks-1` and `./my-engine.ts@profile` in their two parts. */
export function splitReference(reference: string): {
  readonly name: string;
  readonly profile: string | undefined;
} {
  const at = reference.lastIndexOf('@');
  if (at <= 0 || reference.slice(at).includes('/')) return { name: reference, profile: undefined };
  return { name: reference.slice(0, at), profile: reference.slice(at + 1) };
}

/** By its id or the path of its module; undefined where `problems` says why not. */
export async function loadEngine(
  name: string,
  directory: string,
  catalog: readonly CatalogEntry[],
  problems: Problem[],
): Promise<NamedEngine | undefined> {
  if (name.includes('://')) {
    problems.push({ place: '--engine', what: 'a URL is no engine: it belongs behind --target' });
    return undefined;
  }
  if (/[./\\]/.test(name)) return loadFromPath(name, directory);
  const entry = catalog.find((candidate) => candidate.id === name);
  if (entry === undefined) {
    const known = catalog.map((candidate) => candidate.id);
    problems.push({
      place: '--engine',
      what: `no engine is called ${quoted(name)}${suggestion(name, known)} (${known.join(', ')}, or a path)`,
    });
    return undefined;
  }
  const engine = (await entry.load()).default;
  return { engine, module: entry.module.href, reference: name, defaultTarget: entry.defaultTarget };
}

async function loadFromPath(name: string, directory: string): Promise<NamedEngine> {
  const path = resolve(directory, name);
  if (!existsSync(path)) {
    throw new AckmarkError('BAD_ENGINE', `--engine ${name}: there is no file ${path}`, {
      hint: 'Give the path of a module whose default export is an engine (docs/writing-an-engine.md).',
    });
  }
  if (statSync(path).isDirectory()) {
    throw new AckmarkError('BAD_ENGINE', `--engine ${name}: ${path} is a directory`, {
      hint: 'Give the path of a module whose default export is an engine (docs/writing-an-engine.md).',
    });
  }
  if (!/\.[cm]?[jt]s$/.test(path)) {
    throw new AckmarkError('BAD_ENGINE', `--engine ${name}: ${path} is no module (.ts, .js)`, {
      hint: 'Give the path of a module whose default export is an engine (docs/writing-an-engine.md).',
    });
  }
  const module = pathToFileURL(path).href;
  let loaded: unknown;
  try {
    loaded = await import(module);
  } catch (cause) {
    throw new AckmarkError('BAD_ENGINE', `--engine ${name}: ${path} cannot be loaded`, {
      hint: `Run it alone to see where: node ${path}`,
      cause,
    });
  }
  const engine = checkEngineShape(loaded, path);
  const defaultTarget = Object.keys(engine.provisioners)[0] ?? 'external';
  return { engine, module, reference: name, defaultTarget };
}

function profilesOf(
  named: NamedEngine,
  profile: string | undefined,
  levels: readonly Level[],
  problems: Problem[],
): readonly string[] {
  const known = Object.keys(named.engine.profiles);
  if (profile !== undefined && !known.includes(profile)) {
    problems.push({
      place: '--engine',
      what: `${named.reference} has no profile ${quoted(profile)}${suggestion(profile, known)} (${known.join(', ')})`,
    });
    return [];
  }
  const wanted = profile === undefined ? known : [profile];
  if (levels.length === 0) return wanted;
  return wanted.filter((name) => {
    const level = named.engine.profiles[name]?.level;
    return level !== undefined && levels.includes(level);
  });
}

function externalOf(
  { engine, reference }: NamedEngine,
  url: string,
  environment: Environment,
  problems: Problem[],
): TargetChoice | undefined {
  if (engine.external === undefined) {
    problems.push({ place: '--target', what: `${reference} cannot use a system elsewhere` });
    return undefined;
  }
  try {
    // Before anybody repeats it, and whatever the engine makes of it.
    refuseLoginIn(url, engine.id);
    engine.external(url, environment);
    return { kind: 'external', url };
  } catch (error) {
    if (!(error instanceof AckmarkError)) throw error;
    problems.push({ place: '--target', what: `${error.message} (${error.hint})` });
    return undefined;
  }
}

/** What `--target` means to this engine; undefined where `problems` says why nothing. */
export function targetOf(
  named: NamedEngine,
  { target: wanted, environment }: Pick<EngineSelection, 'target' | 'environment'>,
  problems: Problem[],
): TargetChoice | undefined {
  const target = wanted ?? named.defaultTarget;
  if (target.includes('://') || target.includes('@')) {
    return externalOf(named, target, environment, problems);
  }
  const known = Object.keys(named.engine.provisioners);
  if (known.includes(target)) return { kind: 'started', provisioner: target, nodes: 1 };
  if (wanted === undefined && known.length === 0) {
    problems.push({
      place: '--target',
      what: `${named.reference} is not started here: name one that runs elsewhere, such as ${named.engine.id}://host:port`,
    });
    return undefined;
  }
  problems.push({
    place: '--target',
    what: `${named.reference} has no target ${quoted(target)}${suggestion(target, known)} (${known.join(', ')}, or a URL)`,
  });
  return undefined;
}

import { AckmarkError } from '../core/errors.ts';
import type { Disk, DiskFile } from './disk.ts';

/**
 * Texts that events refer to by index (`EventRecord.ref`), beside the segments as lines of
 * `{"index": 1, "text": "…"}`. Index 0 is no text. They come from brokers and clients: untrusted.
 */
export const stringsFile = 'strings.ndjson';
const longestText = 2_000;
const mostTexts = 65_536;

export class StringTable {
  readonly #texts = new Map<string, number>();
  readonly #path: string;
  readonly #disk: Disk;
  readonly #keep: boolean;
  #file: DiskFile | undefined;
  #written = 0;

  /** @param keep false: indexes are given out, but nothing is written */
  constructor(directory: string, disk: Disk, keep: boolean) {
    this.#path = `${directory}/${stringsFile}`;
    this.#disk = disk;
    this.#keep = keep;
  }

  /** The text's index; equal texts share one. Long texts are cut, and past 65,536 texts it is 0. */
  add(text: string): number {
    const bounded = bound(text);
    const known = this.#texts.get(bounded);
    if (known !== undefined) return known;
    if (this.#texts.size >= mostTexts) return 0;
    const index = this.#texts.size + 1;
    this.#texts.set(bounded, index);
    if (this.#keep) this.#write(`${JSON.stringify({ index, text: bounded })}\n`);
    return index;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #write(line: string): void {
    const bytes = Buffer.from(line);
    try {
      this.#file ??= this.#disk.create(this.#path);
      this.#file.write(bytes, this.#written);
    } catch (cause) {
      throw new AckmarkError('IO', `cannot write ${this.#path}`, {
        hint: 'Free some disk space, or keep less with --history none.',
        cause,
      });
    }
    this.#written += bytes.length;
  }
}

function bound(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText).toWellFormed()}…(+${text.length - longestText} characters)`;
}

/** The texts by index; a line that is none ends the reading there, as a cut file does. */
export function readStrings(directory: string, disk: Disk): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  if (!disk.list(directory).includes(stringsFile)) return texts;
  const file = disk.open(`${directory}/${stringsFile}`);
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0);
  file.close();
  for (const line of bytes.toString('utf8').split('\n')) {
    const entry = parseLine(line);
    if (entry === undefined) break;
    texts.set(entry.index, entry.text);
  }
  return texts;
}

function parseLine(line: string): { readonly index: number; readonly text: string } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('index' in value) || !('text' in value)) return undefined;
    const { index, text } = value;
    return typeof index === 'number' && typeof text === 'string' ? { index, text } : undefined;
  } catch {
    return undefined;
  }
}

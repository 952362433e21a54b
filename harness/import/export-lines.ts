import type { EventRecord } from '../core/events.ts';
import type { DiskFile } from '../history/disk.ts';
import { headerOf } from './header-of.ts';
import { lineOfEvent } from './line-of-event.ts';
import type { Sidecar } from './sidecar.ts';

const chunkLength = 1 << 16;

/** Writes a history as NDJSON: the header at once, each event as it comes. */
export class LineWriter {
  readonly #file: DiskFile;
  readonly #sidecar: Sidecar;
  #text = '';
  #position = 0;

  constructor(file: DiskFile, sidecar: Sidecar) {
    this.#file = file;
    this.#sidecar = sidecar;
    this.#add(headerOf(sidecar));
  }

  append(event: EventRecord): void {
    this.#add(lineOfEvent(event, this.#sidecar.names));
  }

  /** What was not written yet; the file stays open. */
  flush(): void {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#file.write(bytes, this.#position);
    this.#position += bytes.length;
  }

  #add(fields: object): void {
    this.#text += `${JSON.stringify(fields)}\n`;
    if (this.#text.length > chunkLength) this.flush();
  }
}

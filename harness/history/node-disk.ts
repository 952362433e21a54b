import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import type { Disk, DiskFile } from './disk.ts';

/** The host's file system. A worker's descriptors are closed by Node when the worker is terminated. */
export const nodeDisk: Disk = {
  makeDirectory: (directory) => {
    mkdirSync(directory, { recursive: true });
  },
  create: (path) => fileOf(openSync(path, 'w+')),
  open: (path) => fileOf(openSync(path, 'r')),
  list: (directory) => {
    try {
      return readdirSync(directory);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  },
  remove: (path) => {
    rmSync(path, { force: true });
  },
};

function fileOf(descriptor: number): DiskFile {
  return {
    write: (bytes, position) => {
      let written = 0;
      while (written < bytes.length) {
        const rest = bytes.length - written;
        written += writeSync(descriptor, bytes, written, rest, position + written);
      }
    },
    read: (into, position) => {
      let read = 0;
      while (read < into.length) {
        const got = readSync(descriptor, into, read, into.length - read, position + read);
        if (got === 0) break;
        read += got;
      }
      return read;
    },
    size: () => fstatSync(descriptor).size,
    close: () => {
      closeSync(descriptor);
    },
  };
}

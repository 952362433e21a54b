import { stripVTControlCharacters } from 'node:util';

/** Text from anywhere, for a terminal: no control or bidirectional characters, tabs and newlines kept. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '�',
  );
}

/** Text in lines of at most `columns`, each after `indent`; a longer word has a line of its own. */
export function wrapped(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}${one}`).join('\n');
}

/** Rows of cells under each other, two spaces apart; the last column takes what it needs. */
export function aligned(rows: readonly (readonly string[])[], indent: string): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, at) => cell.padEnd(widths[at] ?? 0));
      return `${indent}${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}

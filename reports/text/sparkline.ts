const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const plain = ['_', '.', ':', '-', '=', '+', '*', '#'] as const;

/** One character for each value, on a logarithmic scale from the least to the greatest; a gap for what is not known. */
export function sparkline(values: readonly (number | undefined)[], ascii: boolean): string {
  const known = values.flatMap((value) => (value !== undefined && value > 0 ? [value] : []));
  const low = Math.log(Math.min(...known));
  const high = Math.log(Math.max(...known));
  const glyphs = ascii ? plain : blocks;
  return values
    .map((value) => {
      if (value === undefined || !(value > 0)) return ' ';
      const share = high > low ? (Math.log(value) - low) / (high - low) : 0;
      return glyphs[Math.round(share * (glyphs.length - 1))] ?? glyphs[0];
    })
    .join('');
}

/** One line of the bench. */
export interface Figure {
  name: string;
  value: number;
  unit: 'ms' | 'KB' | 'calls' | 'req/s';
  /** What we want it to be at most. */
  aim?: number;
}

/** Figures as a table; an aim that is missed says by how much. */
export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, unit, aim }) => {
      const figure = `${name.padEnd(width)}  ${round(value).padStart(9)} ${unit.padEnd(5)}`;
      if (aim === undefined) return figure.trimEnd();
      const verdict = value <= aim ? 'met' : `missed by ${Math.round((value / aim - 1) * 100)} %`;
      return `${figure}  aim ${aim}: ${verdict}`;
    })
    .join('\n');
}

function round(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2);
}

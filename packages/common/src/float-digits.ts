const exactDigits = 100;

/**
 * Writes a finite, non-negative number with exactly `precision` decimals, rounding as C does: by its exact value,
 * halves to the even neighbour.
 */
export function toFixedDecimals(value: number, precision: number): string {
  if (value >= 1e21) return precision === 0 ? BigInt(value).toString() : `${BigInt(value)}.${'0'.repeat(precision)}`;
  // Up to 100 decimals toFixed is exact, but it rounds halves up.
  const exact = value.toFixed(exactDigits);
  if (precision >= exactDigits) return exact + '0'.repeat(precision - exactDigits);
  const cut = exact.length - exactDigits + precision;
  return isEvenHalf(exact, cut) ? withoutPoint(exact.slice(0, cut)) : value.toFixed(precision);
}

/** Whether digits from a position on are just a half, with an even digit before it. */
function isEvenHalf(digits: string, cut: number): boolean {
  return /^50*$/.test(digits.slice(cut)) && /[02468]\.?$/.test(digits.slice(0, cut));
}

function withoutPoint(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

/** Writes a finite, non-negative number as `d.ddde±xx` with `precision` decimals. */
export function toScientific(value: number, precision: number): string {
  const [exact = '0', exponent = '+0'] = value.toExponential(exactDigits).split('e');
  const size = `e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
  if (precision >= exactDigits) return exact + '0'.repeat(precision - exactDigits) + size;
  const cut = precision + 2;
  if (isEvenHalf(exact, cut)) return withoutPoint(exact.slice(0, cut)) + size;
  const [mantissa = '0', rounded = '+0'] = value.toExponential(precision).split('e');
  return `${mantissa}e${rounded.slice(0, 1)}${rounded.slice(1).padStart(2, '0')}`;
}

/** Writes a finite, non-negative number as C's `%g`: `precision` significant digits, the shorter of both ways. */
export function toGeneral(value: number, precision: number, keepZeros: boolean): string {
  const significant = Math.min(Math.max(precision, 1), 100);
  const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1]);
  if (exponent < -4 || exponent >= significant) {
    const text = toScientific(value, significant - 1);
    return keepZeros ? text : text.replace(/\.?0+e/, 'e');
  }
  const text = toFixedDecimals(value, significant - 1 - exponent);
  return keepZeros || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
}

/** Writes a finite, non-negative number with exactly `precision` decimals, rounding as C does: by its exact value. */
export function toFixedDecimals(value: number, precision: number): string {
  // toFixed is exact below 1e21 and takes up to 100 decimals.
  if (value < 1e21 && precision <= 100) return value.toFixed(precision);
  if (value < 1e21) return value.toFixed(100).padEnd(value.toFixed(100).length + precision - 100, '0');
  const whole = BigInt(value).toString();
  return precision === 0 ? whole : `${whole}.${'0'.repeat(precision)}`;
}

/** Writes a finite, non-negative number as `d.ddde±xx` with `precision` decimals. */
export function toScientific(value: number, precision: number): string {
  const [mantissa = '0', exponent = '+0'] = value.toExponential(Math.min(precision, 100)).split('e');
  const digits = precision > 100 ? mantissa.padEnd(mantissa.length + precision - 100, '0') : mantissa;
  return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
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

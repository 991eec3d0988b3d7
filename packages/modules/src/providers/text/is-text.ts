const sampleSize = 512;

/** Whether bytes look like text, judged as Salt does by their beginning: no NUL, and UTF-8 or mostly printable. */
export function isText(bytes: Uint8Array): boolean {
  const sample = Buffer.from(bytes.subarray(0, sampleSize));
  if (sample.includes(0)) return false;
  if (isUtf8Start(sample)) return true;
  const odd = sample.filter((byte) => (byte < 0x20 || byte > 0x7e) && ![7, 8, 9, 10, 12, 13, 27].includes(byte));
  return odd.length / sample.length <= 0.3;
}

// The sample may end in the middle of a character.
function isUtf8Start(sample: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

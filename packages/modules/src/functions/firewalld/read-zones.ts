/** What there is in zones: lists of values by member, by zone. */
export type Zones = Record<string, Record<string, string[]>>;

/** Reads what `firewall-cmd --list-all` writes: a line for each zone, indented ones for its members, tabs for more values. */
export function readZones(text: string): Zones {
  const zones: Zones = {};
  let members: Record<string, string[]> = {};
  let values: string[] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    if (/^[a-z0-9]/i.test(line)) {
      members = {};
      zones[line.trimEnd()] = members;
    } else if (line.startsWith('\t')) values.push(line.trim());
    else {
      const colon = line.indexOf(':');
      values = [line.slice(colon + 1).trim()];
      members[line.slice(0, colon).trim()] = values;
    }
  }
  return zones;
}

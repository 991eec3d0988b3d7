// Salt's own names for distributions, which trees branch on; from the tables of its core grains.

/** The first ten letters of a distribution's name, without blanks and in lower case, to its `os` grain. */
const namesByShortName: ReadonlyMap<string, string> = new Map([
  ['redhatente', 'RedHat'],
  ['gentoobase', 'Gentoo'],
  ['archarm', 'Arch ARM'],
  ['arch', 'Arch'],
  ['debian', 'Debian'],
  ['raspbian', 'Raspbian'],
  ['fedoraremi', 'Fedora'],
  ['amazonami', 'Amazon'],
  ['alt', 'ALT'],
  ['enterprise', 'OEL'],
  ['oracleserv', 'OEL'],
  ['cloudserve', 'CloudLinux'],
  ['cloudlinux', 'CloudLinux'],
  ['almalinux', 'AlmaLinux'],
  ['pidora', 'Fedora'],
  ['scientific', 'ScientificLinux'],
  ['synology', 'Synology'],
  ['nilrt', 'NILinuxRT'],
  ['poky', 'Poky'],
  ['manjaro', 'Manjaro'],
  ['manjarolin', 'Manjaro'],
  ['univention', 'Univention'],
  ['antergos', 'Antergos'],
  ['sles', 'SUSE'],
  ['void', 'Void'],
  ['slesexpand', 'RES'],
  ['linuxmint', 'Mint'],
  ['neon', 'KDE neon'],
  ['pop', 'Pop'],
  ['rocky', 'Rocky'],
  ['alibabaclo', 'Alinux'],
  ['mendel', 'Mendel'],
]);

const familyMembers: Readonly<Record<string, readonly string[]>> = {
  Debian: [
    ...['Ubuntu', 'Mint', 'Trisquel', 'GCEL', 'Linaro', 'elementary OS', 'elementary', 'Univention', 'Raspbian'],
    ...['Devuan', 'antiX', 'Kali', 'Parrot OS', 'neon', 'Cumulus', 'Deepin', 'KDE neon', 'IDMS', 'TurnKey', 'Pop'],
    ...['AstraLinuxCE', 'AstraLinuxSE', 'Mendel', 'OSMC'],
  ],
  RedHat: [
    ...['Fedora', 'Chapeau', 'Korora', 'FedBerry', 'CentOS', 'CentOS Stream', 'GoOSe', 'Scientific', 'Amazon'],
    ...['CloudLinux', 'AlmaLinux', 'OVS', 'OEL', 'XCP', 'XCP-ng', 'XenServer', 'RES', 'Sangoma', 'VMware Photon OS'],
    ...['ALT', 'ScientificLinux', 'Rocky', 'Alinux'],
  ],
  Suse: [
    ...['SLES', 'SUSE Enterprise Server', 'SUSE  Enterprise Server', 'SLED', 'openSUSE', 'SUSE', 'openSUSE Leap'],
    ...['openSUSE Tumbleweed', 'SLES_SAP'],
  ],
  Arch: ['Arch ARM', 'Manjaro', 'Antergos', 'EndeavourOS'],
  Gentoo: ['Funtoo'],
  Slackware: ['Slamd64'],
  Mandriva: ['Mandrake'],
};

/** The `os` grain from the name a distribution gives itself. */
export function deriveOs(fullName: string, id: string): string {
  if (id === 'astra' && fullName === 'Astra Linux (Orel)') return 'AstraLinuxCE';
  if (id === 'astra' && fullName === 'Astra Linux (Smolensk)') return 'AstraLinuxSE';
  if (id === 'pop' && fullName === 'Pop!_OS') return 'Pop';
  const name = fullName.replace(/\W(?:gnu\/)?linux/gi, '').trim();
  return namesByShortName.get(name.replaceAll(' ', '').toLowerCase().slice(0, 10)) ?? name;
}

/** The `os_family` grain from the `os` grain; the same name when it is in none. */
export function familyOf(os: string): string {
  return Object.keys(familyMembers).find((family) => familyMembers[family]?.includes(os)) ?? os;
}

/** The `os_family` grain from os-release's ID and ID_LIKE: the oldest ancestor. */
export function familyFromIds(id: string, idLike: string): string {
  const ids = [id, ...idLike.split(/\s+/).filter((each) => each !== '')];
  // Linux Mint names Ubuntu only.
  const isDebian = ids.length > 1 && (ids.includes('debian') || ids.includes('ubuntu'));
  const family = isDebian ? 'debian' : (ids.at(-1) ?? id);
  return family === 'fedora' ? 'RedHat' : family.charAt(0).toUpperCase() + family.slice(1).toLowerCase();
}

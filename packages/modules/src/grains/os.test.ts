import { describe, expect, it } from 'vitest';
import recorded from '../../test-support/recorded-os-release.json' with { type: 'json' };
import { parseOsRelease } from './os-release.ts';
import { describeDistribution, releaseGrains } from './os.ts';

// os-release files as their distributions ship them, shortened to the variables that are looked at.
const samples: Readonly<
  Record<string, { readonly file: string; readonly centosRelease?: string; readonly expected: object }>
> = {
  'Debian 12': {
    file: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
    expected: {
      os: 'Debian',
      os_family: 'Debian',
      osfullname: 'Debian GNU/Linux',
      osrelease: '12',
      oscodename: 'bookworm',
      osrelease_info: [12],
      osmajorrelease: 12,
      osfinger: 'Debian-12',
    },
  },
  'Ubuntu 22.04': {
    file: 'PRETTY_NAME="Ubuntu 22.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION="22.04.3 LTS (Jammy Jellyfish)"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\n',
    expected: {
      os: 'Ubuntu',
      os_family: 'Debian',
      osfullname: 'Ubuntu',
      osrelease: '22.04',
      oscodename: 'jammy',
      osrelease_info: [22, 4],
      osmajorrelease: 22,
      osfinger: 'Ubuntu-22.04',
    },
  },
  'Linux Mint 21': {
    file: 'NAME="Linux Mint"\nVERSION="21.2 (Victoria)"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21.2"\nVERSION_CODENAME=victoria\n',
    expected: {
      os: 'Mint',
      os_family: 'Debian',
      osfullname: 'Linux Mint',
      osrelease: '21.2',
      oscodename: 'victoria',
      osrelease_info: [21, 2],
      osmajorrelease: 21,
      osfinger: 'Linux Mint-21',
    },
  },
  'AlmaLinux 9': {
    file: 'NAME="AlmaLinux"\nVERSION="9.3 (Shamrock Pampas Cat)"\nID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\nPRETTY_NAME="AlmaLinux 9.3 (Shamrock Pampas Cat)"\nCPE_NAME="cpe:/o:almalinux:almalinux:9::baseos"\n',
    expected: {
      os: 'AlmaLinux',
      os_family: 'RedHat',
      osfullname: 'AlmaLinux',
      osrelease: '9.3',
      oscodename: 'Shamrock Pampas Cat',
      osrelease_info: [9, 3],
      osmajorrelease: 9,
      osfinger: 'AlmaLinux-9',
    },
  },
  'Rocky Linux 9': {
    file: 'NAME="Rocky Linux"\nVERSION="9.2 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.2"\nPRETTY_NAME="Rocky Linux 9.2 (Blue Onyx)"\n',
    expected: {
      os: 'Rocky',
      os_family: 'RedHat',
      osfullname: 'Rocky Linux',
      osrelease: '9.2',
      oscodename: 'Blue Onyx',
      osrelease_info: [9, 2],
      osmajorrelease: 9,
      osfinger: 'Rocky Linux-9',
    },
  },
  'Red Hat Enterprise Linux 9': {
    file: 'NAME="Red Hat Enterprise Linux"\nVERSION="9.2 (Plow)"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.2"\nPRETTY_NAME="Red Hat Enterprise Linux 9.2 (Plow)"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"\n',
    expected: {
      os: 'RedHat',
      os_family: 'RedHat',
      osfullname: 'Red Hat Enterprise Linux',
      osrelease: '9.2',
      oscodename: 'Plow',
      osrelease_info: [9, 2],
      osmajorrelease: 9,
      osfinger: 'Red Hat Enterprise Linux-9',
    },
  },
  'CentOS 7': {
    file: 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\nCPE_NAME="cpe:/o:centos:centos:7"\n',
    centosRelease: 'CentOS Linux release 7.9.2009 (Core)\n',
    expected: {
      os: 'CentOS',
      os_family: 'RedHat',
      osfullname: 'CentOS Linux',
      osrelease: '7.9.2009',
      oscodename: 'CentOS Linux 7 (Core)',
      osrelease_info: [7, 9, 2009],
      osmajorrelease: 7,
      osfinger: 'CentOS Linux-7',
    },
  },
  'CentOS Stream 9': {
    file: 'NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="9"\nPRETTY_NAME="CentOS Stream 9"\nCPE_NAME="cpe:/o:centos:centos:9"\n',
    expected: {
      os: 'CentOS Stream',
      os_family: 'RedHat',
      osfullname: 'CentOS Stream',
      osrelease: '9',
      oscodename: 'CentOS Stream 9',
      osrelease_info: [9],
      osmajorrelease: 9,
      osfinger: 'CentOS Stream-9',
    },
  },
  'Fedora 38': {
    file: 'NAME="Fedora Linux"\nVERSION="38 (Server Edition)"\nID=fedora\nVERSION_ID=38\nVERSION_CODENAME=""\nPRETTY_NAME="Fedora Linux 38 (Server Edition)"\nCPE_NAME="cpe:/o:fedoraproject:fedora:38"\n',
    expected: {
      os: 'Fedora',
      os_family: 'RedHat',
      osfullname: 'Fedora Linux',
      osrelease: '38',
      oscodename: '',
      osrelease_info: [38],
      osmajorrelease: 38,
      osfinger: 'Fedora Linux-38',
    },
  },
  'Amazon Linux 2': {
    file: 'NAME="Amazon Linux"\nVERSION="2"\nID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\nPRETTY_NAME="Amazon Linux 2"\nCPE_NAME="cpe:2.3:o:amazon:amazon_linux:2"\n',
    expected: {
      os: 'Amazon',
      os_family: 'RedHat',
      osfullname: 'Amazon Linux',
      osrelease: '2',
      oscodename: 'Amazon Linux 2',
      osrelease_info: [2],
      osmajorrelease: 2,
      osfinger: 'Amazon Linux-2',
    },
  },
  'Oracle Linux 8': {
    file: 'NAME="Oracle Linux Server"\nVERSION="8.8"\nID="ol"\nID_LIKE="fedora"\nVERSION_ID="8.8"\nPRETTY_NAME="Oracle Linux Server 8.8"\nCPE_NAME="cpe:/o:oracle:linux:8:8:server"\n',
    expected: {
      os: 'OEL',
      os_family: 'RedHat',
      osfullname: 'Oracle Linux Server',
      osrelease: '8.8',
      oscodename: 'Oracle Linux Server 8.8',
      osrelease_info: [8, 8],
      osmajorrelease: 8,
      osfinger: 'Oracle Linux Server-8',
    },
  },
  'openSUSE Leap 15.5': {
    file: 'NAME="openSUSE Leap"\nVERSION="15.5"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"\nPRETTY_NAME="openSUSE Leap 15.5"\nCPE_NAME="cpe:/o:opensuse:leap:15.5"\n',
    expected: {
      os: 'SUSE',
      os_family: 'Suse',
      osfullname: 'Leap',
      osrelease: '15.5',
      oscodename: 'openSUSE Leap 15.5',
      osrelease_info: [15, 5],
      osmajorrelease: 15,
      osfinger: 'Leap-15',
    },
  },
  'SLES 15': {
    file: 'NAME="SLES"\nVERSION="15-SP5"\nVERSION_ID="15.5"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"\nID="sles"\nID_LIKE="suse"\nCPE_NAME="cpe:/o:suse:sles:15:sp5"\n',
    expected: {
      os: 'SUSE',
      os_family: 'Suse',
      osfullname: 'SLES',
      osrelease: '15.5',
      oscodename: 'SUSE Linux Enterprise Server 15 SP5',
      osrelease_info: [15, 5],
      osmajorrelease: 15,
      osfinger: 'SLES-15',
    },
  },
  'Alpine 3.18': {
    file: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.18.4\nPRETTY_NAME="Alpine Linux v3.18"\n',
    expected: {
      os: 'Alpine',
      os_family: 'Alpine',
      osfullname: 'Alpine Linux',
      osrelease: '3.18.4',
      oscodename: 'Alpine Linux v3.18',
      osrelease_info: [3, 18, 4],
      osmajorrelease: 3,
      osfinger: 'Alpine Linux-3',
    },
  },
  'Arch Linux': {
    file: 'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n',
    expected: {
      os: 'Arch',
      os_family: 'Arch',
      osfullname: 'Arch Linux',
      osrelease: '',
      oscodename: 'Arch Linux',
    },
  },
};

describe('the os grains', () => {
  it.each(Object.entries(samples))('of %s are those Salt gives', (_name, { file, centosRelease, expected }) => {
    const files = centosRelease === undefined ? {} : { centosRelease };
    const found = describeDistribution(parseOsRelease(file), new Map(), files);
    expect({ ...found, ...releaseGrains(found) }).toEqual(expected);
  });

  it.each(Object.entries(recorded))('of %s are those recorded of Salt', (_name, { file, expected }) => {
    const found = describeDistribution(parseOsRelease(file), new Map());
    expect({ ...found, ...releaseGrains(found) }).toEqual(expected);
  });

  it('come from lsb-release where os-release keeps the release out', () => {
    const release = parseOsRelease('NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\n');
    const lsb = new Map([['lsb_distrib_release', 'rolling']]);
    expect(describeDistribution(release, lsb).osrelease).toBe('rolling');
  });
});

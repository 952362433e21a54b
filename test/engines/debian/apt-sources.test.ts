import { describe, expect, test } from 'vitest';
import { debianMirror } from '../../../engines/debian/apt-sources.ts';

const oneLine = (text: string) => debianMirror([{ name: 'sources.list', text }]);
const deb822 = (text: string) => debianMirror([{ name: 'sources.list.d/x.sources', text }]);

describe('the host’s Debian mirror', () => {
  test('is found in the one-line format, with and without options', () => {
    expect(oneLine('deb http://mirror.example/debian bookworm main contrib # ours\n')).toEqual({
      uri: 'http://mirror.example/debian',
      signedBy: undefined,
    });
    expect(
      oneLine('deb [arch=amd64 signed-by=/k/debian.gpg] http://m.example/debian trixie main'),
    ).toEqual({ uri: 'http://m.example/debian', signedBy: '/k/debian.gpg' });
  });

  test('is found in the deb822 format, with several URIs, comments and continued lines', () => {
    const text = `# a comment
Types: deb deb-src
URIs: http://first.example/debian
 http://second.example/debian
# another: comment
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
    expect(deb822(text)).toEqual({
      uri: 'http://first.example/debian',
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    });
  });

  test('is a mirror list where a cloud image has one', () => {
    const text =
      'Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: bookworm\nComponents: main\n';
    expect(deb822(text)?.uri).toBe('mirror+file:///etc/apt/mirrors/debian.list');
  });

  test('is never security, updates, a CD, somebody else’s repository or a disabled entry', () => {
    expect(
      oneLine(`deb http://security.example/debian-security bookworm-security main
deb http://m.example/debian bookworm-updates main
deb cdrom:[Debian]/ bookworm main
#deb http://commented.example/debian bookworm main
deb http://chrome.example/deb stable main
deb http://ubuntu.example/ubuntu noble main
deb http://m.example/debian bookworm contrib
deb-src http://m.example/debian bookworm main`),
    ).toBeUndefined();
    expect(
      deb822(
        'Enabled: no\nTypes: deb\nURIs: http://m.example/debian\nSuites: sid\nComponents: main',
      ),
    ).toBeUndefined();
  });

  test('skips an inline key and takes the paragraph that fits', () => {
    const text = `Types: deb
URIs: http://m.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://m.example/debian
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
`;
    expect(deb822(text)).toEqual({ uri: 'http://m.example/debian', signedBy: undefined });
  });
});

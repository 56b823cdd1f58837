import { AllowedHosts } from './allowed-hosts.js';
import { isPublicAddress } from './ip-address.js';

describe('An IP address', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '93.184.216.34',
    '2606:4700:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '5f00::1',
    'not an address',
    '127.1',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('What an operator allows http.request to reach', () => {
  const allowed = new AllowedHosts([
    'internal.example',
    'Other.Example:8080',
    'plain.example:80',
    '10.1.2.3',
    '[fd00::1]:9000',
    'fd00::2',
    '10.9.0.0/16',
    'fd01::/16',
  ]);

  it.each<[string, number, boolean]>([
    ['internal.example', 443, true],
    ['sub.internal.example', 443, false],
    ['other.example', 8080, true],
    ['other.example', 80, false],
    ['plain.example', 80, true],
    ['plain.example', 443, false],
    ['10.1.2.3', 1, true],
    ['[fd00::1]', 9000, true],
    ['[fd00::1]', 9001, false],
    ['[fd00::2]', 9001, true],
    ['10.9.1.1', 80, false],
  ])('holds for the host %s at port %d: %s', (host, port, expected) => {
    expect(allowed.includesHost(host, port)).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['10.9.255.1', true],
    ['10.10.0.1', false],
    ['fd01::5', true],
    ['fd02::5', false],
    ['nonsense', false],
  ])('holds for the address %s: %s', (address, expected) => {
    expect(allowed.includesAddress(address)).toBe(expected);
  });
});

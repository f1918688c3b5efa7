import { BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * Addresses that are not on the public internet, by IANA's special-purpose registries
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry), and multicast.
 */
const ranges: readonly (readonly [string, number, "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.88.99.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
  ["::", 96, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["64:ff9b:1::", 48, "ipv6"],
  ["100::", 64, "ipv6"],
  ["2001::", 23, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["3fff::", 20, "ipv6"],
  ["5f00::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fec0::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
];

const privateRanges = new BlockList();
for (const [network, prefix, family] of ranges) privateRanges.addSubnet(network, prefix, family);
const linkLocal = new BlockList();
linkLocal.addSubnet("169.254.0.0", 16, "ipv4");
linkLocal.addSubnet("fe80::", 10, "ipv6");
// Amazon's metadata service over IPv6.
linkLocal.addAddress("fd00:ec2::254", "ipv6");

/** Whether an address is not on the public internet. IPv4 addresses written as IPv6 ones are judged as what they are. */
export function isPrivateAddress(address: string): boolean {
  return listed(privateRanges, address);
}

/** Whether an address is one of the link: where clouds keep their metadata and credentials. */
export function isLinkLocal(address: string): boolean {
  return listed(linkLocal, address);
}

/** What is no address at all is in every list. */
function listed(list: BlockList, address: string): boolean {
  const plain = address.split("%")[0]!;
  if (isIPv4(plain)) return list.check(plain, "ipv4");
  if (isIPv6(plain)) return list.check(plain, "ipv6");
  return true;
}

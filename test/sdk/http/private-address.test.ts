import { expect, test } from "vitest";
import { isLinkLocal, isPrivateAddress } from "../../../sdk/http/private-address.js";

test.each([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:a9fe:a9fe",
  "::ffff:10.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1%eth0",
  "ff02::1",
  "no address",
])("%s is not on the public internet", (address) => {
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])(
  "%s is",
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);

test("a cloud's metadata is link-local in either notation", () => {
  for (const address of ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254"]) {
    expect(isLinkLocal(address)).toBe(true);
  }
  expect(isLinkLocal("10.0.0.1")).toBe(false);
});
